import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** A sandbox's state in memory, kept in a file so that a restart finds it again. */
export interface Store<S extends object> {
  readonly state: S;
  /** Replaces the whole state. */
  reset(): void;
  /** Resolves once every change made before this call is in the file; at once when there is no file. */
  saved(): Promise<void>;
}

interface StoreOptions<S extends object> {
  /** Null keeps the state in memory only. */
  file: string | null;
  schema: z.ZodType<S>;
  initial: () => S;
}

/**
 * Opens the store. Throws when the file exists but does not hold a state of this schema: a silent fresh start would
 * look like a provider that lost its orders.
 */
export function openStore<S extends object>(options: StoreOptions<S>): Store<S> {
  const { file } = options;
  const state = (file === null ? null : readState(file, options.schema)) ?? options.initial();
  let written: string | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async (target: string): Promise<void> => {
    const text = JSON.stringify(state);
    if (text === written) return;
    const draft = `${target}.new`;
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, target);
    written = text;
  };
  let queued: Promise<void> | null = null;

  return {
    state,
    reset: () => void Object.assign(state, options.initial()),
    saved() {
      if (file === null) return Promise.resolve();
      // Callers that come while a write runs share the next write, which holds the changes of all of them.
      queued ??= writing
        .catch(() => undefined)
        .then(() => {
          queued = null;
          writing = write(file);
          return writing;
        });
      return queued;
    },
  };
}

function readState<S>(file: string, schema: z.ZodType<S>): S | null {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) return null;
  const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} does not hold a sandbox's state; delete it to start afresh`);
  return parsed.data;
}
