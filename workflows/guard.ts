import { CHOICES, type Choice } from '../src/booking/failures';
import {
  MESSAGE_LIMITS,
  type CancelMessage,
  type RescheduleMessage,
  type ResolveMessage,
  type RetryMessage,
} from '../src/booking/messages';
import { PLAINTEXT_MARK } from '../src/booking/names';

/**
 * The total guard of messages: any Temporal client can send anything, and what throws here would stop the
 * workflow. So each reader answers the message, or which field is malformed; unknown fields are passed over. What is too
 * long is malformed too: it is carried from run to run, and cut it would say something else.
 */
export type Read<T> = { message: T } | { malformed: string };

type Fields = Record<string, unknown>;

/** What stands for the field where the message as a whole is none. */
const WHOLE = 'message';

const { text: TEXT, token: TOKEN } = MESSAGE_LIMITS;

/** Whether a decoded payload came in unencrypted (see src/booking/names.ts). */
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
    if (!isText(why, TEXT) || why.trim() === '') return { malformed: 'why' };
    if (!isOptionalText(reason, TOKEN)) return { malformed: 'reason' };
    if (!isOptionalTime(since)) return { malformed: 'since' };
    return { message: { ...sender(fields), choice, why, reason, since } };
  });
}

/** The form only; what windows and slots must look like is checked by the activity that reads them. */
export function readReschedule(value: unknown): Read<RescheduleMessage> {
  return readFields<RescheduleMessage>(value, (fields) => {
    const { windows, slot, acceptFees } = fields;
    if (!isOptionalBoolean(acceptFees)) return { malformed: 'acceptFees' };
    const form =
      windows === undefined
        ? isRecord(slot)
        : slot === undefined && Array.isArray(windows) && windows.length <= MESSAGE_LIMITS.windows;
    const isShort = JSON.stringify([windows, slot]).length <= MESSAGE_LIMITS.json;
    if (!form || !isShort) return { malformed: windows === undefined ? 'slot' : 'windows' };
    return { message: { ...sender(fields), windows, slot, acceptFees } };
  });
}

/** The sender's token of any message, also of a malformed one: cut there, since it only shows whose that was. */
export function senderOf(value: unknown): { by?: string; id?: string } {
  return isRecord(value) ? sender(value) : {};
}

function readFields<T>(value: unknown, readOwn: (fields: Fields) => Read<T>): Read<T> {
  const given = value ?? {};
  if (!isRecord(given) || isPlaintext(given)) return { malformed: WHOLE };
  if (!isOptionalText(given.by, TOKEN)) return { malformed: 'by' };
  if (!isOptionalText(given.id, TOKEN)) return { malformed: 'id' };
  return readOwn(given);
}

function sender(fields: Fields): { by?: string; id?: string } {
  return { by: token(fields.by), id: token(fields.id) };
}

function token(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, TOKEN) : undefined;
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
  return isText(value, TOKEN) && TIME.test(value) && !Number.isNaN(Date.parse(value));
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}

function isOptionalBoolean(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean';
}
