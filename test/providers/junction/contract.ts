import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import Ajv2020, { type Options, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { VendorName } from '../../../src/booking/vendors';
import type { Received } from '../scripted-server';

/** Holds what the adapter sends against the provider's own OpenAPI document, where that lies beside the project. */

/** Where the vendors' own contracts are, if they are there, and those that we wrote ourselves. */
const CONTRACTS = resolve(__dirname, '../../../../shared/contracts');
const OUR_CONTRACTS = resolve(__dirname, '../../../contracts');

/** Returns the file of a vendor's contract: the one that we wrote, or else the vendor's own. */
export function contractFileOf(vendor: VendorName): string {
  const [ours = '', theirs = ''] = [OUR_CONTRACTS, CONTRACTS].map((at) =>
    resolve(at, `${vendor}.openapi.json`),
  );
  return existsSync(ours) ? ours : theirs;
}

export const CONTRACT_FILE = contractFileOf('junction');
export const OLIVER_CONTRACT_FILE = contractFileOf('oliver');

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: { type?: string; anyOf?: { type?: string }[] };
}

interface OpenApiOperation {
  parameters?: Parameter[];
  requestBody?: { content: { 'application/json': { schema: object } } };
}

interface OpenApi {
  paths: Record<string, Record<string, OpenApiOperation>>;
}

/** Throws when a request is not what the contract accepts. */
export type ContractCheck = (request: Received) => void;

/** Junction's check; null, with a note on stderr, when the contract is not there. */
export const junctionContract = (): ContractCheck | null => contractCheck(CONTRACT_FILE);

/** Oliver's. */
export const oliverContract = (): ContractCheck | null => contractCheck(OLIVER_CONTRACT_FILE);

/** The check of a contract's file; null, with a note on stderr, when it is not there. */
export function contractCheck(file: string): ContractCheck | null {
  if (!existsSync(file)) {
    process.stderr.write(
      `note: ${basename(file)} is not beside the project; requests are not held against it\n`,
    );
    return null;
  }
  const contract = JSON.parse(readFileSync(file, 'utf8')) as OpenApi;
  const operationOf = operationsOf(contract);
  // Queries are text, bodies are what they are: a number as a string is refused there.
  const forQueries = validator(contract, { coerceTypes: 'array' });
  const forBodies = validator(contract, {});

  const refuse = (request: Received, what: string): never => {
    throw new Error(`${request.method} ${request.path}: ${what}`);
  };

  return (request) => {
    const [path, operation] = operationOf(request);
    if (!path || !operation) return refuse(request, 'no such operation in the contract');
    const at = ['paths', path, request.method.toLowerCase()];
    const parameters = operation.parameters ?? [];
    const known = new Map(parameters.map((parameter) => [parameter.name, parameter]));
    for (const name of new Set(request.query.keys())) {
      if (!known.has(name)) refuse(request, `query ${name} is not in the contract`);
    }
    parameters.forEach((parameter, index) => {
      if (parameter.in === 'header' && parameter.required && !request.headers[parameter.name.toLowerCase()]) {
        refuse(request, `header ${parameter.name} is missing`);
      }
      if (parameter.in !== 'query') return;
      const values = request.query.getAll(parameter.name);
      if (values.length === 0) {
        if (parameter.required) refuse(request, `query ${parameter.name} is missing`);
        return;
      }
      const isList = parameter.schema.anyOf?.some(({ type }) => type === 'array') ?? false;
      const validate = compiled(forQueries, [...at, 'parameters', String(index), 'schema']);
      if (!validate(isList ? values : values[0])) refuse(request, forQueries.errorsText(validate.errors));
    });
    if (!operation.requestBody) {
      if (request.body !== undefined) refuse(request, 'the contract has no body here');
      return;
    }
    const validate = compiled(forBodies, [...at, 'requestBody', 'content', 'application/json', 'schema']);
    if (!validate(request.body)) refuse(request, forBodies.errorsText(validate.errors));
  };
}

function validator(contract: OpenApi, options: Options): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true, ...options });
  addFormats(ajv);
  ajv.addFormat('uuid4', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
  ajv.addSchema(contract, 'contract');
  return ajv;
}

/** The check of what stands at this place in the contract: compiled at its first use, which takes long. */
function compiled(ajv: Ajv2020, place: readonly string[]): ValidateFunction {
  const ref = `contract#/${place.map(escaped).join('/')}`;
  const validate = ajv.getSchema(ref);
  if (!validate) throw new Error(`the contract has no ${ref}`);
  return validate;
}

/** Finds the operation that a request asks for. */
function operationsOf({ paths }: OpenApi): (request: Received) => [string | null, OpenApiOperation | null] {
  // The path with the fewest placeholders wins, as in every router.
  const known = Object.entries(paths)
    .map(([path, operations]) => ({
      path,
      operations,
      pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
    }))
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  return (request) => {
    const method = request.method.toLowerCase();
    const found = known.find(({ pattern, operations }) => operations[method] && pattern.test(request.path));
    return [found?.path ?? null, found?.operations[method] ?? null];
  };
}

function escaped(path: string): string {
  return encodeURIComponent(path.replace(/~/g, '~0').replace(/\//g, '~1'));
}
