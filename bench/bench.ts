import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from './command';
import { compare } from './compare';
import { actions } from './actions/command';
import { api } from './api/command';
import { open } from './open/command';
import { scale } from './scale/command';
import { start } from './start/command';

/** `npm run bench`: what our bookings cost on this machine. docs/bench.md says how that is measured. */

const RESULTS = join(__dirname, 'results');

/** What is measured, by the first word of the command line; without one, ours is compared with a plain saga. */
const COMMANDS: Readonly<Record<string, Command>> = { actions, api, open, scale, start };

async function main(): Promise<void> {
  const given = process.argv.slice(2);
  const json = given.includes('--json');
  const args = given.filter((arg) => arg !== '--json');
  const [name = ''] = args;
  const isNamed = Object.hasOwn(COMMANDS, name);
  const command = (isNamed && COMMANDS[name]) || compare;
  const { page, figures, kept } = await command(isNamed ? args.slice(1) : args)(tell);
  process.stdout.write(`${page}\n`);
  await mkdir(RESULTS, { recursive: true });
  for (const [file, text] of Object.entries(kept)) await writeFile(join(RESULTS, file), text);
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exitCode = 1;
});
