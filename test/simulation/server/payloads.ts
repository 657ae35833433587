import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';

/** How the model of the server writes and reads what the protocol carries. */

export type Failure = temporal.api.failure.v1.IFailure;
export type Fields = Record<string, Payload>;

/** A length of the protocol, in ms; 0 where there is none. */
export function msOf(
  length: { seconds?: { toString(): string } | null; nanos?: number | null } | null | undefined,
): number {
  if (!length) return 0;
  return Number(length.seconds?.toString() ?? 0) * 1_000 + (length.nanos ?? 0) / 1e6;
}

export function encoded(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

export function decoded(payload: Payload | null | undefined): unknown {
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}

export function decodedAll(fields: Fields | null | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields ?? {}).map(([name, field]) => [name, decoded(field)]));
}

/** A value of the protocol as text, bytes and all, so that two can be compared. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_name, one: unknown) =>
    ArrayBuffer.isView(one)
      ? Buffer.from(one.buffer, one.byteOffset, one.byteLength).toString('base64')
      : one,
  );
}
