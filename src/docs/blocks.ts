import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FINDINGS } from '../booking/audit';
import { CAPABILITIES, type Capabilities } from '../booking/capabilities';
import { CHOICES, type FailureCode, FAILURES, failureRow } from '../booking/failures';
import { DEFAULT_LIMITS } from '../booking/limits';
import { PROVIDERS, VENDOR_NAMES, vendorFacts } from '../booking/vendors';
import { requestLimitsSchema } from '../booking/schema/request';
import { vendorSettings } from '../settings/vendors';
import { docComments } from './doc-comments';
import { duration, table } from './tables';

/** Generates the parts of the documents that come from the code's own tables, by the name in their markers. */

const BLOCK = /(<!-- generated:([a-z-]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** The documents that hold generated blocks. */
export const DOCUMENTS: readonly string[] = [
  'docs/configuration.md',
  'docs/operations.md',
  'docs/adding-a-provider.md',
];

/** Returns the text with every generated block as the code has it now. Throws for an unknown block. */
export function filled(text: string, root: string): string {
  return text.replace(BLOCK, (_all, begin: string, name: string, end: string) => {
    const block = Object.hasOwn(BLOCKS, name) ? BLOCKS[name] : undefined;
    if (!block) throw new Error(`No block is called ${name}.`);
    return `${begin}\n${block(root)}\n\n${end}`;
  });
}

const BLOCKS: Readonly<Record<string, ((root: string) => string) | undefined>> = {
  capabilities: capabilityTable,
  'capability-fields': capabilityFields,
  'vendor-settings': vendorSettingsTables,
  limits: limitsTable,
  failures: failureTable,
  choices: choiceTable,
  findings: findingTable,
};

/** Returns the table of capabilities: a column for each provider, rows in the order of the code's interface. */
function capabilityTable(root: string): string {
  const rows = [...capabilityMeanings(root).keys()].map((field) => [
    `\`${field}\``,
    ...PROVIDERS.map((provider) => shown(field, valueOf(CAPABILITIES[provider], field))),
  ]);
  return table(['capability', ...PROVIDERS.map((provider) => `\`${provider}\``)], rows);
}

function capabilityFields(root: string): string {
  return [...capabilityMeanings(root)].map(([field, meaning]) => `- \`${field}\`: ${meaning}`).join('\n');
}

function capabilityMeanings(root: string): Map<string, string> {
  const files = ['src/booking/capabilities.ts', 'src/booking/traits.ts'];
  return new Map(files.flatMap((file) => [...docComments(readFileSync(join(root, file), 'utf8'))]));
}

function valueOf(row: Capabilities, field: string): unknown {
  return Object.entries(row).find(([name]) => name === field)?.[1];
}

/** Returns a table of settings under the name of each vendor. */
function vendorSettingsTables(): string {
  return VENDOR_NAMES.map((vendor) => {
    const rows = vendorSettings(vendor).map(({ name, otherwise, meaning }) => [
      `\`${name}\``,
      otherwise,
      meaning,
    ]);
    return `### ${vendorFacts(vendor).label}\n\n${table(['setting', 'default', 'what it is'], rows)}`;
  }).join('\n\n');
}

function limitsTable(root: string): string {
  const meanings = docComments(readFileSync(join(root, 'src/booking/limits.ts'), 'utf8'));
  const inRequests = Object.keys(requestLimitsSchema.shape);
  const rows = Object.entries(DEFAULT_LIMITS).map(([name, value]) => [
    `\`${name}\``,
    shown(name, value),
    inRequests.includes(name) ? 'yes' : '',
    meanings.get(name) ?? '',
  ]);
  return table(['limit', 'default', 'in a request', 'what it limits'], rows);
}

/** Returns the table of failures, in the order of the code's table: who must act, and what HTTP callers get. */
function failureTable(): string {
  const codes = Object.keys(FAILURES) as FailureCode[]; // keys of that very type
  const rows = codes.map((code) => {
    const { owner, status, text } = failureRow(code);
    return [`\`${code}\``, owner, String(status), text];
  });
  return table(['code', 'owner', 'HTTP', 'what it says'], rows);
}

function choiceTable(): string {
  return table(
    ['choice', 'what it does'],
    Object.entries(CHOICES).map(([choice, meaning]) => [`\`${choice}\``, meaning]),
  );
}

function findingTable(): string {
  return table(
    ['finding', 'what it says'],
    Object.entries(FINDINGS).map(([kind, meaning]) => [`\`${kind}\``, meaning]),
  );
}

function shown(name: string, value: unknown): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return name.endsWith('Ms') ? duration(value) : String(value);
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
