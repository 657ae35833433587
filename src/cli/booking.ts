import { userInfo } from 'node:os';
import { connectBookings, connectKeys } from './connect';
import { EXIT } from './exit-codes';
import type { Io } from './io';
import { run } from './program';

/** `npm run booking -- <command>`: the command line on this process's streams. */

/**
 * How soon after the first a repeat is the same Ctrl-C, in ms: npm and tsx pass it on, so it may come several times.
 */
const SAME_INTERRUPT_MS = 1_000;

function onInterrupt(end: () => void): () => void {
  let firstAtMs: number | null = null;
  const handle = (): void => {
    firstAtMs ??= performance.now();
    if (performance.now() - firstAtMs > SAME_INTERRUPT_MS) process.exit(EXIT.interrupted);
    end();
  };
  process.on('SIGINT', handle);
  return () => {
    // The same Ctrl-C may come again, and must not kill this process before it has said what stopping means.
    if (firstAtMs === null) process.removeListener('SIGINT', handle);
  };
}

const io: Io = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  connect: connectBookings,
  connectKeys,
  onInterrupt,
  operator: userInfo().username,
};

// The reader of our output may stop reading: `booking list | head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (err: NodeJS.ErrnoException) => {
    process.exit(err.code === 'EPIPE' ? EXIT.ok : EXIT.bug);
  });
}

void run(process.argv.slice(2), io).then((code) => {
  process.exitCode = code;
});
