import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { untilQuiet } from '../../bench/measure/quiet';

/** A process that works for so long, and then rests. */
async function working(forMs: number): Promise<ChildProcess> {
  const program = `const from = Date.now(); console.log('works'); while (Date.now() - from < ${forMs}); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

test('who works is waited for, and so long again once it rests', async () => {
  const child = await working(1_500);
  const beganMs = performance.now();
  try {
    await untilQuiet([process.pid, child.pid ?? 0], 1_000);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(1_500 + 1_000 - 600);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a process that is not there is told', async () => {
  await expect(untilQuiet([2 ** 22 + 1], 1)).rejects.toThrow('ENOENT');
});
