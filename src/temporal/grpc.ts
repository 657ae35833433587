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

/** What servers answer that keep a service to their own tools or to other credentials. */
export const NOT_FOR_US: readonly unknown[] = [7, 12, 16];

/** The gRPC status code of an error; null when it has none. A connection that could not be made has it in the cause. */
export function grpcCode(err: unknown): unknown {
  if (err instanceof ServiceError && err.cause) return grpcCode(err.cause);
  return err instanceof Error && 'code' in err ? err.code : null;
}

/**
 * Returns true when the server knows no such thing. Of what is in a namespace that does not exist it has said nothing.
 */
export function isNotFound(err: unknown): boolean {
  return grpcCode(err) === GRPC.notFound && !isOfNamespace(err);
}

/** Raw calls do not get the SDK's NamespaceNotFoundError: as the SDK does, we tell it by the status's details. */
function isOfNamespace(err: unknown): boolean {
  const details = isGrpcServiceError(err) ? (getGrpcStatusDetails(err) ?? []) : [];
  return details.some(({ type_url: type }) => type?.endsWith('.NamespaceNotFoundFailure'));
}

/** This machine, as `host:port` names it. */
const THIS_MACHINE = /^(?:127(?:\.\d+){3}|localhost|\[::1\]):\d+$/;

/**
 * What a client's channel to that address is told besides: not to go through a proxy to this machine. The gRPC library reads
 * http_proxy, https_proxy and no_proxy by itself, and makes no exception.
 */
export function channelArgsTo(address: string): { channelArgs?: Record<string, number> } {
  return THIS_MACHINE.test(address) ? { channelArgs: { 'grpc.enable_http_proxy': 0 } } : {};
}
