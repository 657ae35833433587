import { readFile } from 'node:fs/promises';

/** CPU time of processes, as Linux counts it. It is theirs alone, however busy the machine is. */

/** Linux shows times to programs in ticks of 10 ms on every platform that Node runs on (USER_HZ). */
const TICK_MS = 10;
/** After the name in parentheses, counted from 0: `state ppid … utime stime …`. */
const UTIME = 11;
const STIME = 12;

/** CPU time in ms that a process has used so far, in user mode and in the kernel, all its threads together. */
export async function cpuMsOf(pid: number): Promise<number> {
  return cpuMsIn(await readFile(`/proc/${pid}/stat`, 'utf8'));
}

/** The same from the text of `/proc/<pid>/stat`. The name, second in it, may hold blanks and parentheses. */
export function cpuMsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[UTIME]) + Number(fields[STIME]);
  if (Number.isNaN(ticks)) throw new Error('The kernel shows no CPU time of the process.');
  return ticks * TICK_MS;
}
