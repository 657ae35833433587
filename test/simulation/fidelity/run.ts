import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { installRuntime } from '../../../src/temporal/runtime';
import { compareBatch, firstNoticed, type Batch, type Compared } from './check';
import { LONG_LIVES, SETTINGS } from './settings';
import { KNOWN, KNOWN_LONG, storyOf, type FidelityStory } from './story';
import { WRONG_MODELS } from './wrong';

/**
 * `npm run test:fidelity -- --rest N --racing N [--seed S]` plays random stories on the real server and in the simulator and
 * prints how many were equal, each that was not, and how soon wrong models are noticed. The last line counts stories and
 * models: `N passed, N failed`.
 */

/** One in so many stories at rest is a long life. */
const LONG_SHARE = 4;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rest: { type: 'string', default: '300' },
      racing: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [rest, racing, seed] = [Number(values.rest), Number(values.racing), Number(values.seed)];
  // What fails in these stories fails on purpose.
  installRuntime(pino({ level: 'silent' }));
  const beganNs = process.hrtime.bigint();
  const long = Math.floor(rest / LONG_SHARE);
  const batches: Batch[] = [
    {
      settings: SETTINGS,
      stories: [...KNOWN, ...stories(seed, rest - long, 'at rest'), ...stories(seed, racing, 'racing')],
    },
    { settings: LONG_LIVES, stories: [...KNOWN_LONG, ...stories(seed + rest, long, 'at rest')] },
  ];
  const played: [Batch, Compared[]][] = [];
  for (const batch of batches.filter(({ stories: { length } }) => length > 0)) {
    const all = await compareBatch(batch, print);
    all.forEach(tell);
    played.push([batch, all]);
  }
  const compared = played.flatMap(([, all]) => all);
  const failed = count(compared, 'different') + (await modelsNotNoticed(played));
  print(tally('at rest', compared));
  print(tally('racing', compared));
  print(`seeds from ${seed}; ${Math.round(Number(process.hrtime.bigint() - beganNs) / 1e9)} s`);
  const all = compared.length + Object.keys(WRONG_MODELS).length;
  print(`${all - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

function stories(seed: number, many: number, kind: FidelityStory['kind']): FidelityStory[] {
  return Array.from({ length: many }, (_, n) => storyOf(seed + n, kind));
}

function tell({ story, likeness, difference }: Compared): void {
  if (likeness === 'different') print(`different: ${JSON.stringify(story)}\n${difference ?? ''}`);
}

/** How many wrong models no story notices. */
async function modelsNotNoticed(played: readonly [Batch, Compared[]][]): Promise<number> {
  let unnoticed = 0;
  for (const [name, rules] of Object.entries(WRONG_MODELS)) {
    let before = 0;
    let noticed: number | null = null;
    for (const [batch, compared] of played) {
      const first = await firstNoticed(batch, compared, rules);
      if (first !== null) noticed = before + first;
      if (noticed !== null) break;
      before += compared.length;
    }
    if (noticed === null) unnoticed += 1;
    print(`a model that ${name}: ${noticed === null ? 'NOT noticed' : `noticed in story ${noticed}`}`);
  }
  return unnoticed;
}

function count(compared: readonly Compared[], likeness: Compared['likeness']): number {
  return compared.filter((one) => one.likeness === likeness).length;
}

function tally(kind: FidelityStory['kind'], compared: readonly Compared[]): string {
  const own = compared.filter(({ story }) => story.kind === kind);
  const equal = own.filter(({ likeness }) => likeness === 'equal');
  const atOnce = equal.filter(({ seeds, rounds }) => seeds === 1 && rounds === 1).length;
  const again = own.filter(({ rounds, likeness }) => rounds > 1 && likeness !== 'different').length;
  return (
    `${kind}: ${own.length} compared, ${equal.length} equal (${atOnce} at once, with the first seed), ` +
    `${count(own, 'equal but for tries')} equal but for tries, ${count(own, 'different')} different; ` +
    `${again} of them differed at first, and not when they were played again`
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main().then(
  // Native runtimes keep a process alive.
  () => process.exit(),
  (err: unknown) => {
    process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`);
    process.exit(2);
  },
);
