import { CHOICES, type Choice } from '../../src/booking/failures';
import { hasControls, isBlank } from '../../src/booking/characters';
import {
  MESSAGE_LIMITS,
  withoutNulls,
  type CancelMessage,
  type RescheduleMessage,
  type ResolveMessage,
  type RetryMessage,
} from '../../src/booking/messages';
import { PLAINTEXT_MARK } from '../../src/booking/names';
import { cut, holdsHalves, isWellFormed, lengthOf, toWellFormed } from '../../src/booking/text';

/**
 * The total guard of messages. Any Temporal client can send anything, and a throw here would stop the workflow. So each
 * reader returns the message, or the name of the malformed field; unknown fields are ignored. A field that is too long
 * is malformed too: messages are carried from run to run, and a cut one would say something else. Null means absent,
 * length is counted in characters, and a text holds no half of a character and no control characters except a reason's
 * line breaks.
 */
export type Read<T> = { message: T } | { malformed: string };

export type Reader<T> = (value: unknown) => Read<T>;

type Fields = Record<string, unknown>;

/** Stands for the field when the message as a whole is malformed. */
const WHOLE = 'message';

const { text: TEXT, token: TOKEN } = MESSAGE_LIMITS;

/** Returns true when a decoded payload came in unencrypted (see src/booking/names.ts). */
export function isPlaintext(value: unknown): boolean {
  return isRecord(value) && PLAINTEXT_MARK in value;
}

export function readCancel(value: unknown): Read<CancelMessage> {
  return readFields<CancelMessage>(value, (fields) => {
    const { reason, order, acceptFees } = fields;
    if (!isOptionalText(reason, TEXT)) return { malformed: 'reason' };
    if (order !== undefined && order !== 'cancel' && order !== 'keep') return { malformed: 'order' };
    if (!isOptionalBoolean(acceptFees)) return { malformed: 'acceptFees' };
    return { message: { ...sender(fields), reason, order, acceptFees } };
  });
}

export function readRetry(value: unknown): Read<RetryMessage> {
  return readFields<RetryMessage>(value, (fields) => {
    const { reason, since } = fields;
    if (!isOptionalText(reason, TOKEN)) return { malformed: 'reason' };
    if (!isOptionalTime(since)) return { malformed: 'since' };
    return { message: { ...sender(fields), reason, since } };
  });
}

export function readResolve(value: unknown): Read<ResolveMessage> {
  return readFields<ResolveMessage>(value, (fields) => {
    const { choice, why, reason, since } = fields;
    if (!isChoice(choice)) return { malformed: 'choice' };
    if (!isText(why, TEXT) || isBlank(why)) return { malformed: 'why' };
    if (!isOptionalText(reason, TOKEN)) return { malformed: 'reason' };
    if (!isOptionalTime(since)) return { malformed: 'since' };
    return { message: { ...sender(fields), choice, why, reason, since } };
  });
}

/** Checks the form only. The activity that reads windows and slots checks what they say. */
export function readReschedule(value: unknown): Read<RescheduleMessage> {
  return readFields<RescheduleMessage>(value, (fields) => {
    const { windows, slot, acceptFees } = fields;
    if (!isOptionalBoolean(acceptFees)) return { malformed: 'acceptFees' };
    const form =
      windows === undefined
        ? isRecord(slot)
        : slot === undefined && Array.isArray(windows) && windows.length <= MESSAGE_LIMITS.windows;
    const json = JSON.stringify([windows, slot]);
    const isTaken = json.length <= MESSAGE_LIMITS.json && !holdsHalves(json);
    if (!form || !isTaken) return { malformed: windows === undefined ? 'slot' : 'windows' };
    return { message: { ...sender(fields), windows, slot, acceptFees } };
  });
}

/** Returns the sender's tokens of any message. In a malformed one they are cut, since they only show whose it was. */
export function senderOf(value: unknown): { by?: string; id?: string } {
  return isRecord(value) ? sender(value) : {};
}

function readFields<T>(value: unknown, readOwn: (fields: Fields) => Read<T>): Read<T> {
  const given = withoutNulls(value ?? {});
  if (!isRecord(given) || isPlaintext(given)) return { malformed: WHOLE };
  if (!isOptionalText(given.by, TOKEN)) return { malformed: 'by' };
  if (!isOptionalText(given.id, TOKEN)) return { malformed: 'id' };
  return readOwn(given);
}

function sender(fields: Fields): { by?: string; id?: string } {
  return { by: shownToken(fields.by), id: shownToken(fields.id) };
}

function shownToken(value: unknown): string | undefined {
  return typeof value === 'string' ? toWellFormed(cut(value, TOKEN)) : undefined;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isChoice(value: unknown): value is Choice {
  return typeof value === 'string' && Object.prototype.hasOwnProperty.call(CHOICES, value);
}

function isOptionalText(value: unknown, longest: number): value is string | undefined {
  return value === undefined || isText(value, longest);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** RFC 3339, in any zone. */
function isOptionalTime(value: unknown): value is string | undefined {
  if (value === undefined) return true;
  return (
    typeof value === 'string' && value.length <= TOKEN && TIME.test(value) && !Number.isNaN(Date.parse(value))
  );
}

function isText(value: unknown, longest: number): value is string {
  return (
    typeof value === 'string' &&
    lengthOf(value) <= longest &&
    isWellFormed(value) &&
    !hasControls(value, longest === TOKEN ? 'line' : 'prose')
  );
}

function isOptionalBoolean(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean';
}
