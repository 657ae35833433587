import type { ConnectionLike } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../booking/names';

/** What a namespace must have for bookings: the search attributes, and a retention that reads and repeats can count on. */

export const RETENTION_DAYS = 30;

const DAY_S = 86_400;
const { IndexedValueType } = temporal.api.enums.v1;

const INDEXED_TYPE = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
} as const;

const PERMISSION_DENIED = 7;
const ALREADY_EXISTS = 6;

/**
 * Registers the search attributes that the namespace lacks and answers their names. Throws when one is there
 * with another type, and when the credentials may not register any: then somebody else has to.
 */
export async function ensureSearchAttributes(
  connection: ConnectionLike,
  namespace: string,
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const wanted = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => ({
    name,
    type: INDEXED_TYPE[type],
  }));
  const isMissing = ({ name }: { name: string }): boolean => !(name in customAttributes);
  const clash = wanted.find((one) => !isMissing(one) && customAttributes[one.name] !== one.type);
  if (clash)
    throw new Error(`The search attribute ${clash.name} of ${namespace} has another type than ours.`);
  const missing = wanted.filter(isMissing);
  if (missing.length > 0) await register(connection, namespace, missing);
  return missing.map(({ name }) => name);
}

async function register(
  connection: ConnectionLike,
  namespace: string,
  missing: { name: string; type: temporal.api.enums.v1.IndexedValueType }[],
): Promise<void> {
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, type]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? err.code : null;
    if (code === ALREADY_EXISTS) return;
    if (code !== PERMISSION_DENIED) throw err;
    const names = missing.map(({ name }) => name).join(', ');
    throw new Error(`Not allowed to register search attributes on ${namespace}; ask for these: ${names}.`, {
      cause: err,
    });
  }
}

/** How long the namespace keeps closed bookings, in days. */
export async function retentionDays(connection: ConnectionLike, namespace: string): Promise<number> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / DAY_S;
}

/** Sets the retention: for the server that is ours. */
export async function setRetention(
  connection: ConnectionLike,
  namespace: string,
  days: number,
): Promise<void> {
  const workflowExecutionRetentionTtl = temporal.api.namespace.v1.NamespaceConfig.fromObject({
    workflowExecutionRetentionTtl: { seconds: days * DAY_S },
  }).workflowExecutionRetentionTtl;
  await connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } });
}

/** Makes somebody else's namespace ready: registers what is missing, and warns of a short retention. */
export async function prepareNamespace(
  connection: ConnectionLike,
  namespace: string,
  warn: (text: string) => void,
): Promise<void> {
  await ensureSearchAttributes(connection, namespace);
  const days = await retentionDays(connection, namespace);
  if (days < RETENTION_DAYS) {
    warn(
      `Namespace ${namespace} keeps closed bookings for ${days} days, less than ${RETENTION_DAYS}: idempotency keys, reads and cleaning up reach back no further.`,
    );
  }
}
