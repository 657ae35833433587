import { execFile } from 'node:child_process';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { found, isRunning, type ServerProcess } from './embedded-process';

/** Keeps the file that says which server runs on a data directory, so that the next parent finds it. */

const run = promisify(execFile);

const recordSchema = z.object({
  pid: z.number().int().positive(),
  address: z.string().min(1),
  uiPort: z.number().int().nullable(),
  /** The process that is responsible for the server. */
  parentPid: z.number().int().positive(),
});

type ServerRecord = Omit<z.infer<typeof recordSchema>, 'parentPid'>;

/** Writes the record, with this process as the responsible one. Readers see the old file or the new one. */
export async function recordServer(dataDir: string, record: ServerRecord): Promise<void> {
  const path = recordPath(dataDir);
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, `${JSON.stringify({ ...record, parentPid: process.pid })}\n`, { mode: 0o600 });
  await rename(aside, path);
}

/** Removes the record, unless it names another server by now. */
export async function forgetServer(dataDir: string, pid: number): Promise<void> {
  if ((await readRecord(dataDir))?.pid === pid) await rm(recordPath(dataDir), { force: true });
}

/**
 * Returns the server that an earlier parent left running on this data; null when there is none (a record of a server
 * that is gone is ignored). Throws when its parent still runs, because two parents would stop each other's server.
 */
export async function runningServer(
  dataDir: string,
): Promise<{ record: ServerRecord; process: ServerProcess } | null> {
  const record = await liveRecord(dataDir);
  if (!record) return null;
  if (record.parentPid !== process.pid && isRunning(record.parentPid)) {
    throw new Error(
      `Process ${record.parentPid} already runs a Temporal server on ${dataDir}; stop it first.`,
    );
  }
  return { record, process: found(record.pid) };
}

/** Returns the address of the server that runs on this data, whoever started it; null when none does. */
export async function recordedAddress(dataDir: string): Promise<string | null> {
  return (await liveRecord(dataDir))?.address ?? null;
}

/** Returns the record if its server runs, else null. */
async function liveRecord(dataDir: string): Promise<z.infer<typeof recordSchema> | null> {
  const record = await readRecord(dataDir);
  const runs = record !== null && isRunning(record.pid) && (await isServerOn(record.pid, dataDir));
  return runs ? record : null;
}

async function readRecord(dataDir: string): Promise<z.infer<typeof recordSchema> | null> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(recordPath(dataDir), 'utf8')));
  } catch {
    return null;
  }
}

/** Returns true when a process's command names our database. Ids are used again, so the id alone does not prove it. */
async function isServerOn(pid: number, dataDir: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => commandByPs(pid));
  return command.includes('start-dev') && command.includes(join(dataDir, 'temporal.db'));
}

/** Returns a process's command when there is no /proc. */
async function commandByPs(pid: number): Promise<string> {
  const answer = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return answer.stdout;
}

function recordPath(dataDir: string): string {
  return join(dataDir, 'temporal.pid.json');
}
