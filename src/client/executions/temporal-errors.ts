import { setTimeout as pause } from 'node:timers/promises';
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { getGrpcStatusDetails } from '@temporalio/client/lib/helpers';
import { ApplicationFailure, NamespaceNotFoundError } from '@temporalio/common';
import { Failure, isFailureCode, type FailureFacts } from '../../booking/failures';

/** Turns errors of Temporal's client into failures of the table. */

/** gRPC status codes, as the protocol numbers them. */
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;

/** gRPC codes that mean "Temporal, or a worker behind it, does not serve us now", each with what to look at. */
const UNAVAILABLE: Readonly<Record<number, string>> = {
  1: 'The call was cut off.',
  4: 'Nobody answered in time: is a worker running?',
  7: 'Our credentials at Temporal do not allow this.',
  8: 'Temporal asks for fewer calls.',
  9: 'The booking cannot be asked now: its workflow task fails.',
  12: 'This server does not offer what was asked of it.',
  14: 'The server cannot be reached.',
  16: 'Temporal rejected our credentials.',
};

/** How much earlier the connection's own deadline fires, in ms. */
const DEADLINE_GRACE_MS = 100;

/** How long an ordinary call to Temporal may take, in ms; queries and updates also wait for a worker. */
export const CALL_TIMEOUT_MS = 5_000;

/**
 * Runs calls to Temporal under one deadline. Errors that Temporal's absence caused are thrown as
 * `temporal_unavailable`, all others unchanged.
 */
export async function within<T>(client: Client, timeoutMs: number, call: () => Promise<T>): Promise<T> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      client.withDeadline(Date.now() + timeoutMs, call),
      // The worker's kind of connection starts its deadline anew with each retry; this one holds for all.
      pause(timeoutMs + DEADLINE_GRACE_MS, undefined, { signal: timer.signal }).then(() => {
        throw unavailable(UNAVAILABLE[DEADLINE_EXCEEDED]);
      }),
    ]);
  } catch (err) {
    throw asUnavailable(err);
  } finally {
    timer.abort();
  }
}

/** Returns `temporal_unavailable` for an error that Temporal's absence caused; else the error itself. */
export function asUnavailable(err: unknown): unknown {
  if (err instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return unavailable(UNAVAILABLE[DEADLINE_EXCEEDED]);
  if (isOfNamespace(err)) return unavailable('The namespace does not exist.');
  const code = grpcCode(err);
  return code !== null && code in UNAVAILABLE ? unavailable(UNAVAILABLE[code]) : err;
}

/**
 * Returns true when Temporal knows no such execution, or no open one where only an open one will do. Returns false when
 * the namespace does not exist, because that says nothing about the execution.
 */
export function isNotFound(err: unknown): boolean {
  return err instanceof WorkflowNotFoundError || (grpcCode(err) === NOT_FOUND && !isOfNamespace(err));
}

/**
 * Returns true for a missing namespace. Raw calls do not throw the SDK's NamespaceNotFoundError, so status details
 * tell.
 */
function isOfNamespace(err: unknown): boolean {
  if (err instanceof NamespaceNotFoundError) return true;
  const details = isGrpcServiceError(err) ? (getGrpcStatusDetails(err) ?? []) : [];
  return details.some(({ type_url: type }) => type?.endsWith('.NamespaceNotFoundFailure'));
}

export function isUnavailable(err: unknown): boolean {
  return err instanceof Failure && err.code === 'temporal_unavailable';
}

/** Returns the failure that a workflow or update failed with, facts included; null when it is not of the table. */
export function failureOf(cause: unknown): Failure | null {
  if (!(cause instanceof ApplicationFailure) || !isFailureCode(cause.type)) return null;
  return new Failure(cause.type, factsOf(cause.details?.[0]));
}

function unavailable(hint: string | undefined): Failure {
  return new Failure('temporal_unavailable', { hint });
}

/**
 * Returns the gRPC status code of an error of the client; null when it has none. An error of a raw call over the
 * worker's kind of connection counts as a ServiceError too, and has the code itself instead of in its cause.
 */
export function grpcCode(err: unknown): number | null {
  if (isGrpcServiceError(err)) return err.code;
  return err instanceof ServiceError && isGrpcServiceError(err.cause) ? err.cause.code : null;
}

/** Returns field and hint only, because the provider's words stay with the booking. */
function factsOf(detail: unknown): FailureFacts {
  const fact = (name: string): string | undefined => {
    const value: unknown = typeof detail === 'object' && detail !== null ? Reflect.get(detail, name) : null;
    return typeof value === 'string' ? value : undefined;
  };
  return { field: fact('field'), hint: fact('hint') };
}
