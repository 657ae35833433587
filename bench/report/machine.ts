import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Client } from '@temporalio/client';
import { version as sdk } from '@temporalio/client/package.json';

/** Where and with what was measured: without it a figure says nothing. */
export interface Machine {
  cpu: string;
  memory: string;
  system: string;
  /** How busy it was when the run began: the mean number of processes that wanted a core in the minute before. */
  loadBefore: number;
  node: string;
  temporal: string;
  sdk: string;
  /** Of our own source; `+` where it had been changed since. */
  commit: string;
  at: string;
}

const GIB = 2 ** 30;

export async function thisMachine(client: Client): Promise<Machine> {
  const cores = cpus();
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  return {
    cpu: `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / GIB)} GiB`,
    system: `${type()} ${release()}`,
    loadBefore: loadavg()[0] ?? 0,
    node: process.version,
    temporal: serverVersion,
    sdk,
    commit: commit(),
    at: new Date().toISOString(),
  };
}

function commit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: __dirname, encoding: 'utf8' });
  try {
    return git('rev-parse', '--short', 'HEAD').trim() + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return 'unknown'; // a copy without its repository can be measured as well
  }
}
