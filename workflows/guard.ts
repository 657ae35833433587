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
 * workflow. So each reader answers the message, or null for "malformed"; unknown fields are passed over. What is too
 * long is malformed too: it is carried from run to run, and cut it would say something else.
 */

type Fields = Record<string, unknown>;

const { text: TEXT, token: TOKEN } = MESSAGE_LIMITS;

/** Whether a decoded payload came in unencrypted (see src/booking/names.ts). */
export function isPlaintext(value: unknown): boolean {
  return isRecord(value) && PLAINTEXT_MARK in value;
}

export function readCancel(value: unknown): CancelMessage | null {
  const fields = read(value);
  if (!fields) return null;
  const { reason, order, acceptFees } = fields;
  if (!isOptionalText(reason, TEXT) || !isOptionalBoolean(acceptFees)) return null;
  if (order !== undefined && order !== 'cancel' && order !== 'keep') return null;
  return { ...sender(fields), reason, order, acceptFees };
}

export function readRetry(value: unknown): RetryMessage | null {
  const fields = read(value);
  if (!fields || !isOptionalText(fields.reason, TOKEN)) return null;
  return { ...sender(fields), reason: fields.reason };
}

export function readResolve(value: unknown): ResolveMessage | null {
  const fields = read(value);
  if (!fields || !isChoice(fields.choice) || !isText(fields.why, TEXT) || fields.why.trim() === '')
    return null;
  return { ...sender(fields), choice: fields.choice, why: fields.why };
}

/** The form only; what windows and slots must look like is checked by the activity that reads them. */
export function readReschedule(value: unknown): RescheduleMessage | null {
  const fields = read(value);
  if (!fields || !isOptionalBoolean(fields.acceptFees)) return null;
  const { windows, slot, acceptFees } = fields;
  const form =
    windows === undefined
      ? isRecord(slot)
      : slot === undefined && Array.isArray(windows) && windows.length <= MESSAGE_LIMITS.windows;
  if (JSON.stringify([windows, slot]).length > MESSAGE_LIMITS.json) return null;
  return form ? { ...sender(fields), windows, slot, acceptFees } : null;
}

/** The sender's token of any message, also of a malformed one: cut there, since it only shows whose that was. */
export function senderOf(value: unknown): { by?: string; id?: string } {
  return isRecord(value) ? sender(value) : {};
}

function read(value: unknown): Fields | null {
  const given = value ?? {};
  if (!isRecord(given) || isPlaintext(given)) return null;
  return isOptionalText(given.by, TOKEN) && isOptionalText(given.id, TOKEN) ? given : null;
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

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}

function isOptionalBoolean(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean';
}
