import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { optionsOf } from './options';
import { chart } from './report/chart';
import { figuresOf } from './report/json';
import { page } from './report/table';
import { run } from './run';
import { onStage } from './stage';

/** `npm run bench`: our saga beside a plain one and beside plain calls, on this machine. docs/bench.md says how. */

const RESULTS = join(__dirname, 'results');

async function main(): Promise<void> {
  const { plan, isFull, json } = optionsOf(process.argv.slice(2));
  const results = await onStage((stage) => run(stage, plan, tell));
  process.stdout.write(`${page(results)}\n`);
  if (isFull) {
    await mkdir(RESULTS, { recursive: true });
    await writeFile(join(RESULTS, 'saga.md'), `${page(results)}\n\n![The medians as bars](saga.svg)\n`);
    await writeFile(join(RESULTS, 'saga.svg'), chart(results.rounds));
  }
  if (json) process.stdout.write(`${JSON.stringify(figuresOf(results))}\n`);
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exitCode = 1;
});
