import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The three pages that this project was created from, where they lie beside it: their fields and their rules. */

const FOLDER = resolve(__dirname, '../../../shared/seeds');

export interface SeedPages {
  book: string;
  create: string;
  cancel: string;
}

/** The pages by what they are about; null, with a note on stdout, where they are not there. */
export function seedPages(): SeedPages | null {
  if (!existsSync(FOLDER)) {
    process.stdout.write('note: the seed pages are not beside the project; their fields are not counted\n');
    return null;
  }
  const texts = readdirSync(FOLDER).map((file) => readFileSync(resolve(FOLDER, file), 'utf8'));
  const about = (mark: RegExp): string => {
    const found = texts.find((text) => mark.test(text));
    if (found === undefined) throw new Error(`no seed page says ${mark.source}`);
    return found;
  };
  return {
    book: about(/phlebotomy\/appointment\/book/),
    create: about(/open_api\/v1\/appointments/),
    cancel: about(/cancel_order/),
  };
}

/** The headings of a page, by the part of a call that the fields under them belong to. */
const PARTS: Readonly<Record<string, string>> = {
  Authorizations: 'header',
  'Path Parameters': 'path',
  Body: 'body',
  Response: 'response',
};
const TYPE = /^((string|integer|boolean|object|number)\b|enum<|[A-Z][\w ]* · object)/;
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Every field of a page as `part.name`, and every member of its enums as `part.name=member`; once each. */
export function fieldsOf(page: string): string[] {
  const fields = new Set<string>();
  const lines = page.split('\n').map((line) => line.trim());
  let part = '';
  let field = '';
  let isListing = false;
  lines.forEach((line, index) => {
    if (PARTS[line]) part = PARTS[line];
    else if (part !== '' && NAME.test(line) && TYPE.test(lines[index + 1] ?? '')) {
      field = `${part}.${line}`;
      fields.add(field);
      isListing = false;
    } else if (line === 'Available options:') isListing = true;
    else if (isListing && line !== '') {
      fields.add(`${field}=${line.replace(/,$/, '')}`);
      isListing = line.endsWith(',');
    }
  });
  return [...fields];
}

/** Sentences of a page that say something about the API: five words or more, outside of its examples. */
export function rulesOf(page: string, from: string): string[] {
  const lines = page.slice(page.indexOf(from)).split('\n');
  const said = lines
    .map((line) => line.trim().replace(/^(\d+\.|•)\s+/, ''))
    .filter((line) => line.split(/\s+/).length >= 5);
  return [...new Set(said)];
}

/** The dotted paths of all values of the page's first JSON answer, beneath its top. */
export function exampleFieldsOf(page: string): string[] {
  return pathsOf(JSON.parse(exampleOf(page)));
}

/** The page's first JSON answer: the first object that stands on lines of its own after a request. */
export function exampleOf(page: string): string {
  const found = /^\{\n[\s\S]*?^\}$/m.exec(page.slice(page.indexOf("}\n'")));
  if (!found) throw new Error('the page shows no answer');
  return found[0];
}

function pathsOf(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, at === '' ? key : `${at}.${key}`));
}

/** A JSON schema as the page of order cancel shows it. */
export interface Schema {
  type?: string;
  format?: string;
  enum?: string[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  example?: unknown;
}

/** The schema of the answer on the page of order cancel. */
export function answerSchemaOf(page: string): Record<'order' | 'status' | 'message', Schema> {
  const text = page.slice(page.indexOf('[\n'), page.lastIndexOf('\n]\n') + 2);
  const [schema] = JSON.parse(text) as [Record<'order' | 'status' | 'message', Schema>];
  return schema;
}

/** One property of a schema: where it is, and the members of its enum. */
export interface Property {
  path: string;
  members: string[];
}

/** All properties beneath a schema; lists are entered, alternatives are all taken. */
export function propertiesOf(schema: Schema, at: string): Property[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => [
    { path: `${at}.${name}`, members: [...(inner.enum ?? []), ...(inner.items?.enum ?? [])] },
    ...propertiesOf(inner, `${at}.${name}`),
  ]);
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return [...own, ...parts.flatMap((part) => propertiesOf(part, at))];
}

/** A value that the schema describes, with all of its properties; of alternatives the one with this number. */
export function sampleOf(schema: Schema, alternative: number): unknown {
  if (schema.allOf?.[0]) return sampleOf(schema.allOf[0], alternative);
  if (schema.anyOf) return sampleOf(schema.anyOf[alternative] ?? {}, alternative);
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'array') return schema.items ? [sampleOf(schema.items, alternative)] : [];
  if (schema.properties) {
    const entries = Object.entries(schema.properties);
    return Object.fromEntries(entries.map(([name, inner]) => [name, sampleOf(inner, alternative)]));
  }
  if (schema.format === 'uuid') return '0ee312e2-6773-4a21-a6e1-506882cd98ed';
  if (schema.format === 'date-time') return '2020-01-02T03:04:05Z';
  return { integer: 7, number: 7.5, boolean: true, object: {} }[schema.type ?? ''] ?? 'words';
}
