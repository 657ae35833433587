import { resolve } from 'node:path';
import ts from 'typescript';
import { queueOf, VENDOR_NAMES, vendorFacts } from '../../src/booking/vendors';
import { SETTINGS } from '../../src/config';

/** What of a vendor is left out does not compile, and the error names it. What cannot be left out follows from its name. */

const ROOT = resolve(__dirname, '../..');

/** A file beside the declarations that leaves something out of one that is whole. */
const HEAD = `
  import type { VendorFacts } from '../booking/vendor-facts';
  import type { VendorName } from '../booking/vendors';
  import { VENDORS } from '../vendors';
  import type { JunctionAccount } from './junction/accounts';
  import { junction as facts } from './junction/facts';
  import { junction } from './junction/vendor';
  import type { OliverAccount } from './oliver/accounts';
  import { oliver } from './oliver/vendor';
  import type { NewsPart, Vendor } from './vendor';
  type Junction = Vendor<'junction', JunctionAccount>;
  export type Used = [VendorFacts, VendorName, OliverAccount, NewsPart, Junction];
  export const used = [VENDORS, facts, junction, oliver];
`;

const part = (name: string): string =>
  `const { ${name}: _out, ...rest } = junction; export const left: Junction = rest;`;
const fact = (name: string): string =>
  `const { ${name}: _out, ...rest } = facts; export const left: VendorFacts = rest;`;
const ofNews = (name: string): string =>
  `const news: NewsPart = junction.news; const { ${name}: _out, ...rest } = news;` +
  'export const left: Junction = { ...junction, news: rest };';
const ofProvider = (name: string): string =>
  `const { ${name}: _out, ...rest } = facts.providers['junction-psc'];` +
  "export const left: VendorFacts = { ...facts, providers: { 'junction-psc': rest } };";

const CASES: readonly [what: string, code: string, told: RegExp][] = [
  ['nothing', 'export const whole: Junction = junction;', /^$/],
  ['the accounts', part('accounts'), /'accounts' is missing/],
  ['the sandbox', part('sandbox'), /'sandbox' is missing/],
  ['the adapters', part('adapters'), /'adapters' is missing/],
  ['the receiver of webhooks', part('news'), /'news' is missing/],
  [
    'the receiver of a vendor that sends webhooks, as if it sent none',
    'export const left: Junction = { ...junction, news: null };',
    /'null' is not assignable to type 'NewsPart'/,
  ],
  [
    'that a vendor sends webhooks for which it has a receiver',
    "export const left: Vendor<'oliver', OliverAccount> = { ...oliver, news: junction.news };",
    /'NewsPart' is not assignable to type 'null'/,
  ],
  ['the secret of the webhooks', ofNews('sandboxSecret'), /'sandboxSecret' is missing/],
  ['the rule of the webhooks’ secret', ofNews('secretFault'), /'secretFault' is missing/],
  ['the check of the webhooks’ signature', ofNews('verifier'), /'verifier' is missing/],
  ['whose the webhooks are', ofNews('reader'), /'reader' is missing/],
  [
    'the adapter of one of its providers',
    `export const left: Junction = {
      ...junction,
      adapters(options) {
        const { 'junction-psc': _out, ...rest } = junction.adapters(options);
        return rest;
      },
    };`,
    /'"junction-psc"' is missing/,
  ],
  [
    'the vendor in the registry with code',
    'const { oliver: _out, ...rest } = VENDORS; export const left: { [V in VendorName]: Vendor<V> } = rest;',
    /'oliver' is missing/,
  ],
  ['the port of its sandbox', fact('sandboxPort'), /'sandboxPort' is missing/],
  ['its pace', fact('pace'), /'pace' is missing/],
  ['whether it sends webhooks', fact('webhooks'), /'webhooks' is missing/],
  ['its settings', fact('settings'), /'settings' is missing/],
  ['the traits of a provider', ofProvider('traits'), /'traits' is missing/],
  ['the rules of requests', ofProvider('request'), /'request' is missing/],
  ['the example', ofProvider('example'), /'example' is missing/],
];

const fileOf = (index: number): string => resolve(ROOT, `src/providers/left-out-${index}.ts`);

/** What the compiler says of each case, all of them in one program. */
function compiled(): string[] {
  const { config } = ts.readConfigFile(resolve(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const texts = new Map(CASES.map(([, code], index) => [fileOf(index), HEAD + code]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists.call(host, path);
  host.readFile = (path) => texts.get(path) ?? readFile.call(host, path);
  host.getSourceFile = (path, version, ...more) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile.call(host, path, version, ...more)
      : ts.createSourceFile(path, text, version);
  };
  // Names that are taken out on purpose are not used.
  const program = ts.createProgram([...texts.keys()], { ...options, noUnusedLocals: false }, host);
  return CASES.map((_case, index) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(fileOf(index)))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
      .join('\n'),
  );
}

describe('a vendor that leaves out', () => {
  let said: string[] = [];
  beforeAll(() => {
    said = compiled();
  }, 120_000);

  test.each(CASES.map(([what, , told], index) => ({ what, told, index })))('$what', ({ told, index }) => {
    expect(said[index]).toMatch(told);
  });
});

describe('what follows from its name', () => {
  test('each vendor has a queue of its own', () => {
    expect(VENDOR_NAMES.map(queueOf)).toEqual(VENDOR_NAMES.map((vendor) => `bookings-${vendor}`));
    expect(new Set(VENDOR_NAMES).size).toBe(VENDOR_NAMES.length);
  });

  test('and a port of its own for its sandbox', () => {
    const ports = VENDOR_NAMES.map((vendor) => vendorFacts(vendor).sandboxPort);
    expect(new Set(ports).size).toBe(ports.length);
  });

  test('no setting is named twice, and none of a vendor begins like another’s', () => {
    expect(new Set(SETTINGS).size).toBe(SETTINGS.length);
    const own = VENDOR_NAMES.flatMap((vendor) =>
      vendorFacts(vendor).settings.map(({ name }) => [vendor, name] as const),
    );
    expect(own.filter(([vendor, name]) => !name.startsWith(`${vendor.toUpperCase()}_`))).toEqual([]);
  });
});
