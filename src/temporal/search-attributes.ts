import type { ConnectionLike } from '@temporalio/client';
import { msToTs, optionalTsToMs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../booking/names';
import { GRPC, grpcCode, NOT_FOR_US } from './grpc';

/** Sets up what bookings need of a namespace: the search attributes, and a retention that reads and repeats rely on. */

export const RETENTION_DAYS = 30;

const DAY_MS = 86_400_000;
const { IndexedValueType } = temporal.api.enums.v1;

const INDEXED_TYPE = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
} as const;

interface Attribute {
  name: string;
  type: temporal.api.enums.v1.IndexedValueType;
}

const WANTED: readonly Attribute[] = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => ({
  name,
  type: INDEXED_TYPE[type],
}));

/**
 * Registers the search attributes that the namespace lacks, and returns their names. Throws when one is there with
 * another type, and when the credentials may not ask or register: then somebody else has to.
 */
export async function ensureSearchAttributes(
  connection: ConnectionLike,
  namespace: string,
): Promise<string[]> {
  const known = await knownAttributes(connection, namespace);
  if (known === null) throw new Error(notAllowed(namespace, WANTED));
  const clash = WANTED.find(({ name, type }) => (known[name] ?? type) !== type);
  if (clash)
    throw new Error(`The search attribute ${clash.name} of ${namespace} has another type than ours.`);
  const missing = WANTED.filter(({ name }) => known[name] === undefined);
  if (missing.length > 0) await addSearchAttributes(connection, namespace, missing);
  return missing.map(({ name }) => name);
}

/**
 * Registers search attributes without asking what is there, which the time-skipping server can't tell. Throws as above.
 */
export async function addSearchAttributes(
  connection: ConnectionLike,
  namespace: string,
  missing: readonly Attribute[] = WANTED,
): Promise<void> {
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, type]));
  await connection.operatorService
    .addSearchAttributes({ namespace, searchAttributes })
    .catch((err: unknown) => {
      // Another process that is starting was faster.
      if (grpcCode(err) === GRPC.alreadyExists) return;
      throw NOT_FOR_US.includes(grpcCode(err))
        ? new Error(notAllowed(namespace, missing), { cause: err })
        : err;
    });
}

type Types = Record<string, temporal.api.enums.v1.IndexedValueType | undefined>;

/** Returns the known attributes; null when the server reserves them for its own tools, as Temporal Cloud does. */
async function knownAttributes(connection: ConnectionLike, namespace: string): Promise<Types | null> {
  try {
    return (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes;
  } catch (err) {
    if (NOT_FOR_US.includes(grpcCode(err))) return null;
    throw err;
  }
}

function notAllowed(namespace: string, attributes: readonly Attribute[]): string {
  const names = attributes.map(({ name }) => name).join(', ');
  return `We may not set up search attributes on ${namespace}; have these registered: ${names}.`;
}

/** Returns how long the namespace keeps closed bookings, in days. */
export async function retentionDays(connection: ConnectionLike, namespace: string): Promise<number> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  return (optionalTsToMs(config?.workflowExecutionRetentionTtl) ?? 0) / DAY_MS;
}

/** Sets the retention. Only for our own server. */
export async function setRetention(
  connection: ConnectionLike,
  namespace: string,
  days: number,
): Promise<void> {
  const workflowExecutionRetentionTtl = msToTs(days * DAY_MS);
  await connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } });
}

/**
 * Prepares somebody else's namespace: registers missing attributes, and warns of a short retention. If the server does
 * not let us ask for the attributes, it warns and trusts that they are there.
 */
export async function prepareNamespace(
  connection: ConnectionLike,
  namespace: string,
  warn: (text: string) => void,
): Promise<void> {
  if ((await knownAttributes(connection, namespace)) === null) warn(notAllowed(namespace, WANTED));
  else await ensureSearchAttributes(connection, namespace);
  const days = await retentionDays(connection, namespace);
  if (days >= RETENTION_DAYS) return;
  warn(
    `Namespace ${namespace} keeps closed bookings for ${days} days, less than ${RETENTION_DAYS}: idempotency keys, reads and cleaning up reach back no further.`,
  );
}
