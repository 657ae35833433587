import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleKey, bundleWorkflows, cached } from '../../src/temporal/bundle';
import { COVERED, sourcesIn } from '../support/bundles';

const FILES: Record<string, string> = {
  'workflows/index.ts': 'export const booking = 1;',
  'workflows/steps/order.ts': 'export const order = 1;',
  'src/booking/names.ts': 'export const name = 1;',
  'src/providers/one/facts.ts': 'export const facts = 1;',
  'src/temporal/failure-converter.ts': 'export const converter = 1;',
  'src/temporal/bundle.ts': 'export const recipe = 1;',
  'package-lock.json': '{"packages":{}}',
  'node_modules/.package-lock.json': '{"packages":{}}',
};

let dir: string;
let root: string;
let cacheDir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'booking-saga-bundle-'));
  root = join(dir, 'project');
  cacheDir = join(dir, 'cache');
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});

afterEach(() => rmSync(dir, { recursive: true }));

describe('the key', () => {
  test.each(Object.keys(FILES))('changes with %s', async (path) => {
    const before = await bundleKey(root);
    writeFileSync(join(root, path), `${FILES[path] ?? ''} `);
    expect(await bundleKey(root)).not.toBe(before);
  });

  test.each<[string, () => void]>([
    ['a file more', () => writeFileSync(join(root, 'workflows/more.ts'), '')],
    ['a file less', () => rmSync(join(root, 'workflows/steps/order.ts'))],
    ['a name', () => renameSync(join(root, 'workflows/index.ts'), join(root, 'workflows/main.ts'))],
    ['a place', () => renameSync(join(root, 'workflows/steps/order.ts'), join(root, 'src/booking/order.ts'))],
    [
      'text that moves from one file to the next',
      () => {
        writeFileSync(join(root, 'workflows/index.ts'), 'export const booking = 1;expo');
        writeFileSync(join(root, 'workflows/steps/order.ts'), 'rt const order = 1;');
      },
    ],
  ])('changes with %s', async (_what, change) => {
    const before = await bundleKey(root);
    change();
    expect(await bundleKey(root)).not.toBe(before);
  });

  test('does not change with an adapter, of which workflows know the facts only', async () => {
    const before = await bundleKey(root);
    writeFileSync(join(root, 'src/providers/one/index.ts'), 'export const adapter = 1;');
    expect(await bundleKey(root)).toBe(before);
  });

  test('changes with what a bundle is made from besides', async () => {
    const more = ['test/workflows'];
    const path = join(root, 'test/workflows/index.ts');
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'export const more = 1;');
    const before = await bundleKey(root, more);
    expect(before).not.toBe(await bundleKey(root));
    writeFileSync(path, 'export const more = 2;');
    expect(await bundleKey(root, more)).not.toBe(before);
  });

  test('stays while no source changes, whatever else does', async () => {
    const before = await bundleKey(root);
    writeFileSync(join(root, 'README.md'), 'more');
    utimesSync(join(root, 'workflows/index.ts'), new Date(), new Date(0));
    expect(await bundleKey(root)).toBe(before);
  });

  test("is one checkout's own: a bundle names the paths of its sources", async () => {
    const other = join(dir, 'other');
    cpSync(root, other, { recursive: true });
    expect(await bundleKey(other)).not.toBe(await bundleKey(root));
  });

  test.each(['package-lock.json', 'node_modules/.package-lock.json'])(
    'is none where %s does not tell the packages',
    async (path) => {
      rmSync(join(root, path));
      expect(await bundleKey(root)).toBeNull();
    },
  );
});

describe('the cache', () => {
  const make = jest.fn<Promise<{ code: string }>, []>();
  let made = 0;
  beforeEach(() => {
    made = 0;
    make.mockImplementation(() => Promise.resolve({ code: `bundle ${++made}` }));
  });
  const bundle = async (): Promise<string> => (await cached({ root, cacheDir, make })).code;
  const kept = (): string[] => readdirSync(cacheDir);

  test('gives the same bundle until a source changes', async () => {
    expect([await bundle(), await bundle()]).toEqual(['bundle 1', 'bundle 1']);
    writeFileSync(join(root, 'workflows/index.ts'), 'export const booking = 2;');
    expect([await bundle(), await bundle()]).toEqual(['bundle 2', 'bundle 2']);
  });

  test('does not keep a bundle whose sources changed while it was made', async () => {
    make.mockImplementationOnce(() => {
      writeFileSync(join(root, 'src/booking/names.ts'), 'export const name = 2;');
      return Promise.resolve({ code: 'of neither' });
    });
    expect(await bundle()).toBe('of neither');
    writeFileSync(join(root, 'src/booking/names.ts'), FILES['src/booking/names.ts'] ?? '');
    expect(await bundle()).toBe('bundle 1');
  });

  test('keeps nothing without a key, and nothing where it cannot write', async () => {
    rmSync(join(root, 'package-lock.json'));
    expect([await bundle(), await bundle()]).toEqual(['bundle 1', 'bundle 2']);
    writeFileSync(join(root, 'package-lock.json'), '{}');
    writeFileSync(cacheDir, 'a file in the way');
    expect([await bundle(), await bundle()]).toEqual(['bundle 3', 'bundle 4']);
  });

  test('keeps the newest few, whole, and nothing half written', async () => {
    for (let version = 0; version < 8; version++) {
      writeFileSync(join(root, 'workflows/index.ts'), `export const booking = ${version};`);
      await bundle();
      // Older than what comes next, also within one tick of the clock.
      for (const name of kept()) utimesSync(join(cacheDir, name), 0, 0);
    }
    expect(kept()).toHaveLength(5);
    expect(kept().every((name) => /^workflow-bundle-[0-9a-f]{32}\.js$/.test(name))).toBe(true);
    expect(await bundle()).toBe('bundle 8');
  });
});

test('every source of ours in the real bundle is one that the key covers', async () => {
  const { code } = await bundleWorkflows();
  const ours = sourcesIn(code);
  expect(ours).toContain('workflows/booking.ts');
  expect(ours.filter((source) => !COVERED.test(source))).toEqual([]);
}, 60_000);
