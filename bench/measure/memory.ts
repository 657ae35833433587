import { readFile } from 'node:fs/promises';

/** Memory of a process, as Linux counts it: what it has in RAM, shared pages with it. */
export interface Memory {
  /** Now, in bytes. */
  bytes: number;
  /** The most so far. */
  peakBytes: number;
}

const KIB = 1_024;

export async function memoryOf(pid: number): Promise<Memory> {
  return memoryIn(await readFile(`/proc/${pid}/status`, 'utf8'));
}

/** The same from the text of `/proc/<pid>/status`. */
export function memoryIn(status: string): Memory {
  return { bytes: bytesOf(status, 'VmRSS'), peakBytes: bytesOf(status, 'VmHWM') };
}

function bytesOf(status: string, name: string): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kib === undefined) throw new Error('The kernel shows no memory of the process.');
  return Number(kib) * KIB;
}
