/** Being told to stop: Ctrl-C, a supervisor, a terminal that closes. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm and tsx pass one Ctrl-C on, so that it comes two or three times; a person's second comes later, in ms. */
const ECHO_MS = 1_000;

/** The status with which a shell reports a command that Ctrl-C ended. */
export const INTERRUPTED = 130;

/**
 * Resolves when the process is first told to stop. Told again, by a second Ctrl-C, it exits at once: what then
 * stays behind is found by the next start.
 */
export function stopSignal(): Promise<void> {
  let firstAtMs: number | null = null;
  return new Promise((stop) => {
    const told = (): void => {
      if (firstAtMs !== null && performance.now() - firstAtMs > ECHO_MS) process.exit(INTERRUPTED);
      firstAtMs ??= performance.now();
      stop();
    };
    for (const signal of SIGNALS) process.on(signal, told);
  });
}
