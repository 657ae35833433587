import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionLike } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { KEYS_SCHEDULE_ID, TASK_QUEUE, WORKFLOW_TYPE } from '../booking/names';
import { shownKeyId } from '../booking/unreadable';
import { ConfigError } from '../config';
import { decrypt, encrypt, keyIdOf } from './encryption';
import { GRPC, grpcCode, isNotFound, NOT_FOR_US } from './grpc';
import type { EncryptionKey } from './keys';

/**
 * The list of encryption keys that a deployment uses, kept in Temporal itself: one ciphertext for each key, as the
 * arguments of a Schedule that is paused and never runs. It outlives every booking. A process that cannot decrypt all
 * of them could not read all bookings, so it does not start. A process puts its key on the list before it encrypts.
 */

type Schedule = temporal.api.schedule.v1.ISchedule;

/** Where the list is. */
export interface KeyListPlace {
  connection: ConnectionLike;
  namespace: string;
}

/** Processes that start together change the list together, so a change is tried this often, with growing pauses. */
const TRIES = 20;
const PAUSE_MS = 50;

/**
 * Makes sure that these keys (newest first) decrypt everything that the deployment encrypts, and puts the newest on the
 * list. Throws a ConfigError that names a listed key which is missing here or has other bytes. If the server has no
 * Schedules, or not for our credentials, it warns and checks nothing.
 */
export async function checkKeys(
  place: KeyListPlace,
  keys: readonly EncryptionKey[],
  warn: (text: string) => void,
): Promise<void> {
  try {
    await changeList(place, keys, (listed) => {
      for (const canary of listed) refuseUnread(canary, keys);
      const isListed = listed.some((canary) => keyIdOf(canary) === keys[0]?.id);
      return isListed ? listed : [...listed, ...keys.slice(0, 1).map(canaryOf)];
    });
  } catch (err) {
    if (!NOT_FOR_US.includes(grpcCode(err))) throw err;
    warn(
      `We may not keep the list of encryption keys (a Temporal Schedule) on ${place.namespace}: a process with wrong keys is not kept from starting.`,
    );
  }
}

/** Returns the ids of the keys on the list, in the order in which they were added; null when there is no list. */
export async function listedKeys(place: KeyListPlace): Promise<string[] | null> {
  const found = await described(place);
  return found && canariesOf(found.schedule).map(keyIdOf);
}

/** Takes a key off the list: from then on no process needs it to start. Returns false when it was not on the list. */
export async function retireKey(place: KeyListPlace, keyId: string): Promise<boolean> {
  if (!(await listedKeys(place))?.includes(keyId)) return false;
  await changeList(place, [], (listed) => listed.filter((canary) => keyIdOf(canary) !== keyId));
  return true;
}

/** Returns true when one of these keys decrypts what is listed under the id. */
export async function readsListed(
  place: KeyListPlace,
  keys: readonly EncryptionKey[],
  keyId: string,
): Promise<boolean> {
  const found = await described(place);
  const canary = canariesOf(found?.schedule).find((one) => keyIdOf(one) === keyId);
  return canary !== undefined && decrypt(canary, byId(keys)) !== null;
}

/**
 * Returns true when a process with these keys must not go on after it met a payload under this key: the key is listed
 * and cannot be read here, or there is no list to ask. A process stays fit if the key is not listed, because no process
 * uses it (any more), or if it holds the key, because then the payload is damaged and no process can read it.
 */
export async function lacksListed(
  place: KeyListPlace,
  keys: readonly EncryptionKey[],
  keyId: string,
): Promise<boolean> {
  const found = await described(place);
  if (!found) return true;
  const canary = canariesOf(found.schedule).find((one) => shownKeyId(keyIdOf(one)) === keyId);
  return canary !== undefined && !decrypt(canary, byId(keys));
}

function refuseUnread(canary: Payload, keys: readonly EncryptionKey[]): void {
  if (decrypt(canary, byId(keys))) return;
  const id = keyIdOf(canary);
  const isHeld = keys.some((key) => key.id === id);
  throw new ConfigError(
    isHeld
      ? `BOOKING_ENCRYPTION_KEYS: its key "${id}" is another one than this deployment's; set the right one`
      : `BOOKING_ENCRYPTION_KEYS: lacks the key "${id}", which this deployment uses; add it (or, once nothing is encrypted with it any more: npm run booking -- config retire-key ${id})`,
  );
}

function canaryOf(key: EncryptionKey): Payload {
  const text = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"canary"') };
  return encrypt(text, key);
}

function byId(keys: readonly EncryptionKey[]): ReadonlyMap<string, EncryptionKey> {
  return new Map(keys.map((key) => [key.id, key]));
}

/**
 * Changes the list until it is as `change` wants it. A change is confirmed by reading again, because the server
 * silently drops one that conflicts with another. A new list begins with all of `keys`, since any of them may be in
 * use.
 */
async function changeList(
  place: KeyListPlace,
  keys: readonly EncryptionKey[],
  change: (listed: Payload[]) => Payload[],
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await described(place);
    if (!found) await create(place, keys.map(canaryOf));
    else {
      const listed = canariesOf(found.schedule);
      const wanted = change(listed);
      if (wanted.length === listed.length) return;
      await update(place, found, wanted);
    }
    await pause(PAUSE_MS * tries * (1 + Math.random()));
  }
  throw new Error(`The list of encryption keys (the Schedule ${KEYS_SCHEDULE_ID}) does not take a change.`);
}

interface Described {
  schedule: Schedule;
  conflictToken: Uint8Array;
}

async function described({ connection, namespace }: KeyListPlace): Promise<Described | null> {
  try {
    const { workflowService } = connection;
    const found = await workflowService.describeSchedule({ namespace, scheduleId: KEYS_SCHEDULE_ID });
    return { schedule: found.schedule ?? {}, conflictToken: found.conflictToken };
  } catch (err) {
    if (isNotFound(err)) return null;
    throw err;
  }
}

async function create({ connection, namespace }: KeyListPlace, canaries: Payload[]): Promise<void> {
  const notes =
    'Lists the encryption keys in use. It never runs: leave it paused. See docs/operations.md, "Keys".';
  const schedule = withCanaries({ spec: {}, state: { paused: true, notes } }, canaries);
  await connection.workflowService
    .createSchedule({ namespace, scheduleId: KEYS_SCHEDULE_ID, schedule, requestId: randomUUID() })
    .catch((err: unknown) => {
      // Another process that is starting was faster.
      if (grpcCode(err) !== GRPC.alreadyExists) throw err;
    });
}

async function update(
  { connection, namespace }: KeyListPlace,
  { schedule, conflictToken }: Described,
  canaries: Payload[],
): Promise<void> {
  await connection.workflowService
    .updateSchedule({
      namespace,
      scheduleId: KEYS_SCHEDULE_ID,
      schedule: withCanaries(schedule, canaries),
      conflictToken,
      requestId: randomUUID(),
    })
    .catch((err: unknown) => {
      if (!CONFLICTS.includes(grpcCode(err))) throw err;
    });
}

const CONFLICTS: readonly unknown[] = [GRPC.failedPrecondition, GRPC.aborted];

/**
 * Returns the schedule with these canaries. Its action is the sweep, which may run at any time, in case somebody
 * triggers it.
 */
function withCanaries(schedule: Schedule, payloads: Payload[]): Schedule {
  return {
    ...schedule,
    action: {
      startWorkflow: {
        workflowId: KEYS_SCHEDULE_ID,
        workflowType: { name: WORKFLOW_TYPE.sweep },
        taskQueue: { name: TASK_QUEUE.bookings },
        input: { payloads },
      },
    },
  };
}

function canariesOf(schedule: Schedule | undefined): Payload[] {
  return [...(schedule?.action?.startWorkflow?.input?.payloads ?? [])];
}
