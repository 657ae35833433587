/** Handles being told to stop: by Ctrl-C, a supervisor, or a terminal that closes. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long repeats of one Ctrl-C may come, in ms: npm and tsx pass it on, so it comes two or three times. */
const ECHO_MS = 1_000;

/** The status with which a shell reports a command that Ctrl-C ended. */
export const INTERRUPTED = 130;

/**
 * Resolves when the process is first told to stop. When told again, by a second Ctrl-C, it exits at once, and the next
 * start finds what stays behind.
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
