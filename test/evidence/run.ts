import { parseArgs } from 'node:util';
import { play as playLives } from './lives';
import { lifeCases } from './lives/cases';
import type { Counts, Part } from './part';
import { play as playVerdicts } from './verdicts';

/**
 * `npm run test:evidence`: plays the generated test, on the real server, and prints what held. Exits 1 when anything is
 * broken. `-- --every N` plays each Nth of the lives and no more.
 */

function partsOf(every: number | null): readonly Part[] {
  const cases = lifeCases().filter((_case, index) => index % (every ?? 1) === 0);
  const lives: Part = { name: 'Lives', play: (report) => playLives({ report, on: 'server', cases }) };
  const verdicts: Part = { name: 'Verdicts', play: (report) => playVerdicts({ report }) };
  return every === null ? [verdicts, lives] : [lives];
}

const SECOND_MS = 1_000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { every: { type: 'string' } } });
  const counts: Counts[] = [];
  for (const part of partsOf(values.every === undefined ? null : Number(values.every))) {
    const beganMs = Date.now();
    const count = await part.play((line) => console.log(`  ${line}`));
    console.log(rowOf(part.name, count, Math.round((Date.now() - beganMs) / SECOND_MS)));
    counts.push(count);
  }
  const sum = (of: (count: Counts) => number): number => counts.reduce((all, count) => all + of(count), 0);
  const broken = sum((count) => count.broken.length);
  console.log(`cases ${sum(({ cases }) => cases)}, held ${sum(({ held }) => held)}, broken ${broken}`);
  process.exitCode = broken > 0 ? 1 : 0;
}

function rowOf(name: string, { cases, held, broken }: Counts, seconds: number): string {
  return `${name.padEnd(10)} cases ${cases}, held ${held}, broken ${broken.length} (${seconds} s)`;
}

void main();
