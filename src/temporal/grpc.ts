/** gRPC status codes that this project reacts to, as the protocol numbers them. */
export const GRPC = {
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  failedPrecondition: 9,
  aborted: 10,
  unavailable: 14,
} as const;

/** What servers answer that keep a service to their own tools or to other credentials. */
export const NOT_FOR_US: readonly unknown[] = [7, 12, 16];

/** The gRPC status code of an error; null when it has none. */
export function grpcCode(err: unknown): unknown {
  return err instanceof Error && 'code' in err ? err.code : null;
}
