import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { NODE_OPTIONS } from '../bench/processes/child';
import { VENDOR_NAMES, vendorFacts, webhookPathOf } from '../src/booking/vendors';
import { loadConfig, SETTINGS } from '../src/config';
import { temporalTarget } from '../src/temporal/connection';
import { vendorAt } from '../src/vendors';

/** Checks what Docker would read, as far as that goes without an engine. */

const root = join(__dirname, '..');
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const dockerignore = readFileSync(join(root, '.dockerignore'), 'utf8');

const serviceSchema = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()).min(2) }).optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  configs: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
});
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.unknown()),
  configs: z.record(z.string(), z.object({ content: z.string() })),
});
const packageSchema = z.object({ scripts: z.record(z.string(), z.string()) });

const compose = composeSchema.parse(parse(text, { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build !== undefined);
const { scripts } = packageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

test('Temporal runs on PostgreSQL from the maintained images, with our three parts beside it', () => {
  const images = services.map(([, { image }]) => image.replace(/:.*/, ''));
  expect(new Set(images)).toEqual(
    new Set(['postgres', 'temporalio/admin-tools', 'temporalio/server', 'temporalio/ui', 'booking-saga']),
  );
  expect(ours.map(([name]) => name).sort()).toEqual(['api', 'sandbox', 'worker']);
});

test.each(services)(
  '%s: its image is pinned, what it waits for, mounts and shows is there',
  (_name, service) => {
    expect(service.image).toMatch(/:(\d+\.\d+(\.\d+)?|local)$/);
    for (const [dependency, { condition }] of Object.entries(service.depends_on)) {
      const needed = compose.services[dependency];
      expect(needed).toBeDefined();
      if (condition === 'service_healthy') expect(needed?.healthcheck).toBeDefined();
    }
    for (const mount of service.volumes) expect(compose.volumes).toHaveProperty([mount.split(':')[0] ?? '']);
    for (const { source } of service.configs) expect(compose.configs).toHaveProperty([source]);
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  },
);

test.each(ours)('%s: runs the compiled form of the npm script of its name', (name, service) => {
  const bound = name === 'worker' ? (NODE_OPTIONS['our-worker'] ?? []) : [];
  expect(service.command).toEqual(['node', ...bound, `dist/src/run/${name}.js`]);
  expect(scripts[name]).toBe(['tsx', ...bound, `src/run/${name}.ts`].join(' '));
});

test.each(ours)('%s: its settings are known to the program and accepted', (_name, service) => {
  const env = withDefaults(service.environment);
  const unknown = Object.keys(env).filter(
    (name) => !name.startsWith('TEMPORAL_') && !SETTINGS.includes(name),
  );
  expect(unknown).toEqual([]);
  expect(() => loadConfig(env)).not.toThrow();
});

test('worker and API use the same Temporal, and the same keys', () => {
  for (const name of ['worker', 'api']) {
    const env = withDefaults(compose.services[name]?.environment ?? {});
    expect(temporalTarget({ TEMPORAL_CONFIG_FILE: join(root, 'none.toml'), ...env })).toMatchObject({
      address: 'temporal:7233',
      namespace: 'default',
    });
  }
  expect(compose.services.worker?.volumes).toEqual(compose.services.api?.volumes);
});

describe.each(VENDOR_NAMES)('%s', (vendor) => {
  const configOf = (name: string) => loadConfig(withDefaults(compose.services[name]?.environment ?? {}));
  const port = vendorFacts(vendor).sandboxPort;

  test('is its sandbox to worker and API unless told otherwise, and they know what it signs with', () => {
    for (const config of [configOf('worker'), configOf('api')]) {
      const accounts = Object.values(config.accounts[vendor]);
      expect(new Set(accounts.map(({ baseUrl }) => baseUrl))).toEqual(new Set([`http://sandbox:${port}`]));
      expect(accounts.every((account) => vendorAt(vendor).sandbox.isItsOwn(account))).toBe(true);
      const { news } = vendorAt(vendor);
      expect(config.webhookSecrets[vendor]).toEqual(news ? [news.sandboxSecret] : []);
    }
  });

  test('has a sandbox that other containers and this machine reach, and that reaches the API', () => {
    expect(dockerfile).toContain('HOST=0.0.0.0');
    expect(compose.services.sandbox?.ports).toContain(`127.0.0.1:${port}:${port}`);
    const config = configOf('sandbox');
    expect(config.sandboxPorts[vendor]).toBe(port);
    const address = `http://api:${configOf('api').port}${webhookPathOf(vendor)}`;
    expect(config.sandboxWebhookUrls[vendor]).toBe(vendorFacts(vendor).webhooks ? address : null);
  });
});

test('the API does not start without bearer keys', () => {
  expect(compose.services.api?.environment.BOOKING_API_KEYS).toMatch(/^\$\{BOOKING_API_KEYS:\?.+\}$/);
});

test('the Dockerfile copies what the build context lets in, and runs without root on glibc', () => {
  const froms = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(new Set(froms)).toEqual(new Set(['node:20-bookworm-slim']));
  const allowed = [...dockerignore.matchAll(/^!(.+)$/gm)].map(([, path]) => path);
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) =>
    (paths ?? '').split(' ').map((path) => path.replace('./', '')),
  );
  expect(copied.length).toBeGreaterThan(0);
  expect([...copied].sort()).toEqual([...allowed].sort());
  expect(dockerfile.indexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('FROM'));
  const data = /BOOKING_DATA_DIR=(\S+)/.exec(dockerfile)?.[1];
  for (const [, { volumes }] of ours) for (const mount of volumes) expect(mount.split(':')[1]).toBe(data);
});

const withComposePlugin = hasComposePlugin() ? test : test.skip;

withComposePlugin('docker compose accepts the file', () => {
  const env = { ...process.env, BOOKING_API_KEYS: 'local:0123456789abcdef' };
  expect(() => execFileSync('docker', ['compose', 'config', '-q'], { cwd: root, env })).not.toThrow();
});

function hasComposePlugin(): boolean {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What compose would hand over when nothing is set; a required variable gets a value. */
function withDefaults(environment: Record<string, string>): Record<string, string> {
  const filled = Object.entries(environment).map(([name, value]) => [
    name,
    value.replace(/\$\{\w+:-(.*?)\}/g, '$1').replace(/\$\{\w+:\?.*?\}/g, 'local:0123456789abcdef'),
  ]);
  return Object.fromEntries(filled);
}

test('a worker’s heap is bounded alike however it is started, and in the bench too', () => {
  const [bound = ''] = NODE_OPTIONS['our-worker'] ?? [];
  expect(bound).toMatch(/^--max-old-space-size=\d+$/);
  const [, command = ''] = /^CMD (.*)$/m.exec(dockerfile) ?? [];
  expect(JSON.parse(command)).toEqual(['node', bound, 'dist/src/run/worker.js']);
});
