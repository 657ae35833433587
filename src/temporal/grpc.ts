import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import { getGrpcStatusDetails } from '@temporalio/client/lib/helpers';

/** gRPC status codes that this project reacts to, as the protocol numbers them. */
export const GRPC = {
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unavailable: 14,
} as const;

/** Codes of servers that reserve a service for their own tools or for other credentials. */
export const NOT_FOR_US: readonly unknown[] = [7, 12, 16];

/** Returns the gRPC status code of an error; null when it has none. A failed connection has it in the cause. */
export function grpcCode(err: unknown): unknown {
  if (err instanceof ServiceError && err.cause) return grpcCode(err.cause);
  return err instanceof Error && 'code' in err ? err.code : null;
}

/**
 * Returns true when the server answers "not found". Returns false when the namespace does not exist, because that says
 * nothing about what is in it.
 */
export function isNotFound(err: unknown): boolean {
  return grpcCode(err) === GRPC.notFound && !isOfNamespace(err);
}

/**
 * Returns true for a missing namespace. Raw calls do not throw the SDK's NamespaceNotFoundError, so status details
 * tell.
 */
function isOfNamespace(err: unknown): boolean {
  const details = isGrpcServiceError(err) ? (getGrpcStatusDetails(err) ?? []) : [];
  return details.some(({ type_url: type }) => type?.endsWith('.NamespaceNotFoundFailure'));
}

/** An address of this machine, `host:port`. */
const THIS_MACHINE = /^(?:127(?:\.\d+){3}|localhost|\[::1\]):\d+$/;

/**
 * Returns options for a client's channel: no proxy for this machine. The gRPC library reads http_proxy, https_proxy and
 * no_proxy itself, and makes no such exception.
 */
export function channelArgsTo(address: string): { channelArgs?: Record<string, number> } {
  return THIS_MACHINE.test(address) ? { channelArgs: { 'grpc.enable_http_proxy': 0 } } : {};
}
