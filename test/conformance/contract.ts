import { existsSync, readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Capabilities } from '../../src/booking/capabilities';
import {
  contractCheck,
  contractFileOf,
  OLIVER_CONTRACT_FILE,
  type ContractCheck,
} from '../providers/junction/contract';
import type { Exchange } from './recorder';

/** Holds what the adapters send and what the sandboxes answer against the providers' own OpenAPI documents. */

interface OpenApi {
  paths: Record<string, Record<string, { responses?: Record<string, unknown> }>>;
}

/** Throws where a request, or an answer that `isTrue`, is not what the contract says. */
export interface Contract {
  check(exchanges: readonly Exchange[], isTrue: (exchange: Exchange) => boolean): void;
}

/** A vendor's contract; null, with one note on stderr, where it does not lie beside the project. */
export function contractOf(vendor: Capabilities['vendor']): Contract | null {
  const known = read.get(vendor);
  if (known !== undefined) return known;
  const contract = readContract(vendor);
  read.set(vendor, contract);
  return contract;
}

/** Read and compiled once a test file. */
const read = new Map<Capabilities['vendor'], Contract | null>();

function readContract(vendor: Capabilities['vendor']): Contract | null {
  const file = contractFileOf(vendor);
  const request: ContractCheck | null = contractCheck(file);
  if (!request) return null;
  const answer = answerCheck(file);
  return {
    check(exchanges, isTrue) {
      for (const exchange of exchanges) {
        request(exchange);
        if (exchange.status !== null && isTrue(exchange)) answer(exchange, exchange.status);
      }
    },
  };
}

function answerCheck(file: string): (exchange: Exchange, status: number) => void {
  if (!existsSync(file)) return () => undefined;
  const contract = JSON.parse(readFileSync(file, 'utf8')) as OpenApi;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat('uuid4', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
  if (file === OLIVER_CONTRACT_FILE) {
    // Of open times the contract's formats say `date` and `time`, and its descriptions say and show these forms.
    ajv.addFormat('date', /^\d{2}\/\d{2}\/\d{4}$/);
    ajv.addFormat('time', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/);
  }
  ajv.addSchema(contract, 'contract');
  return ({ method: given, path, answer }, status) => {
    const method = given.toLowerCase();
    const template = templateOf(contract, method, path);
    const described = template && contract.paths[template]?.[method]?.responses?.[String(status)];
    // Refusals that the contract does not describe are told apart by their text (docs/providers.md#answers-of-junction).
    if (!template || (!described && status >= 400)) return;
    if (!described) throw new Error(`${given} ${path}: the contract has no answer ${status}`);
    const pointer = ['paths', template, method, 'responses', String(status), 'content', 'application/json'];
    const ref = `contract#/${[...pointer, 'schema'].map(escaped).join('/')}`;
    const validate = ajv.getSchema(ref);
    if (!validate) throw new Error(`the contract has no ${ref}`);
    if (validate(answer) !== true)
      throw new Error(`the answer to ${given} ${path}: ${ajv.errorsText(validate.errors)}`);
  };
}

/** The path with the fewest placeholders wins, as in every router. */
function templateOf({ paths }: OpenApi, method: string, path: string): string | undefined {
  return Object.keys(paths)
    .filter((one) => paths[one]?.[method])
    .filter((one) => new RegExp(`^${one.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path))
    .sort((a, b) => a.split('{').length - b.split('{').length)[0];
}

/** A step of a JSON pointer, within an address. */
function escaped(step: string): string {
  return encodeURIComponent(step.replace(/~/g, '~0').replace(/\//g, '~1'));
}
