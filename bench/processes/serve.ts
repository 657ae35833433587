import type { ChildSettings, Said } from './child';

/** The other side of child.ts: what runs in such a process. */
export interface Part {
  /** What whoever started it must know, as JSON. */
  told?: unknown;
  /** Carries out an order and resolves to its answer, as JSON. */
  answer?: (order: unknown) => Promise<unknown>;
  /** Resolves once nothing runs any more. */
  stop(): Promise<void>;
}

/** Starts a part with the settings that this process was started with, and runs it until the parent lets go. */
export function serve(start: (settings: ChildSettings) => Promise<Part>): void {
  // The parent gave them (child.ts); the one that needs none is started without.
  const settings = JSON.parse(process.argv[2] ?? 'null') as ChildSettings;
  start(settings).then(run, end);
}

function run({ told = null, answer, stop }: Part): void {
  process.on('message', ({ order }: { order: unknown }) => {
    const answered = answer?.(order) ?? Promise.reject(new Error('This process takes no orders.'));
    answered.then(
      (given) => say({ answer: given }),
      (err: unknown) => say({ failed: textOf(err) }),
    );
  });
  process.once('disconnect', () => {
    stop().then(() => process.exit(0), end);
  });
  say({ ready: told });
}

function say(said: Said): void {
  process.send?.(said);
}

function end(err: unknown): never {
  process.stderr.write(`${textOf(err)}\n`);
  process.exit(1);
}

function textOf(err: unknown): string {
  return err instanceof Error ? (err.stack ?? err.message) : String(err);
}
