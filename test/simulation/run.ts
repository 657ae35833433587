import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { BREAKS } from './breaks';
import { createSimulation } from './simulation';
import type { Breaking } from './stage';
import type { SimulatedStory } from './stories/story';
import { playAndTell, playSeed, playSeedQuickly, playStoryOf, storyOf, toldAs } from './stories/suite';

/**
 * `npm run test:simulation -- --stories N [--seed S]` plays the stories of the seeds S, S+1, … and prints what they break.
 * `--quick` names what is broken and shrinks nothing; `--jobs J` takes so many processes at once, as many as there are cores
 * when it is not said. `--tell` prints the course of one story: of the seed S, or of `--story <file>`, which holds one as it is
 * printed here. `--break <name>` breaks a rule of the saga (breaks.ts) and says which story notices it first.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stories: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      break: { type: 'string' },
      quick: { type: 'boolean', default: false },
      tell: { type: 'boolean', default: false },
      story: { type: 'string' },
      jobs: { type: 'string', default: String(availableParallelism()) },
    },
  });
  const [stories, first] = [Number(values.stories), Number(values.seed)];
  if (values.break === 'all') return untilNoticed(Object.keys(BREAKS), first, stories);
  if (values.break !== undefined) return untilNoticed([values.break], first, stories);
  if (values.tell || values.story !== undefined) return tell(values.story ?? null, first);
  const part = { first, stories, quick: values.quick };
  if (process.send) process.send(await played(part));
  else await playAll(part, Number(values.jobs));
}

async function tell(file: string | null, seed: number): Promise<void> {
  // A story as `toldAs` prints it.
  const story = file === null ? storyOf(seed) : (JSON.parse(readFileSync(file, 'utf8')) as SimulatedStory);
  const simulation = await createSimulation();
  try {
    const why = await playAndTell(simulation, story, print);
    print(why ?? 'It keeps every rule.');
    process.exitCode = why === null ? 0 : 1;
  } finally {
    await simulation.close();
  }
}

/** Stories in a row. */
interface Part {
  first: number;
  stories: number;
  quick: boolean;
}

/** What a part came to; a process tells the one that began it. */
interface Played {
  violations: number;
  activations: number;
  cpuMs: number;
}

/** Stories that one process plays: it takes seconds to begin, and what it leaves behind goes with it. */
const STORIES_A_PROCESS = 500;

async function playAll(whole: Part, jobs: number): Promise<void> {
  const beganNs = process.hrtime.bigint();
  const { first, stories } = whole;
  const waiting = partsOf(whole, jobs);
  const all: Played[] = [];
  const takeTurns = async (): Promise<void> => {
    for (let part = waiting.shift(); part; part = waiting.shift()) all.push(await playedApart(part));
  };
  await Promise.all(Array.from({ length: jobs }, takeTurns));
  const seconds = Number(process.hrtime.bigint() - beganNs) / 1e9;
  const sum = (of: keyof Played): number => all.reduce((total, one) => total + one[of], 0);
  print(
    `seeds ${first} to ${first + stories - 1}; ${(sum('activations') / stories).toFixed(1)} activations a story; ` +
      `${seconds.toFixed(1)} s, ${(sum('cpuMs') / 1e3).toFixed(1)} s of CPU`,
  );
  print(`stories ${stories}, violations ${sum('violations')}, ${(stories / seconds).toFixed(1)} a second`);
  process.exitCode = sum('violations') > 0 ? 1 : 0;
}

function partsOf({ first, stories, quick }: Part, jobs: number): Part[] {
  const size = Math.min(STORIES_A_PROCESS, Math.ceil(stories / jobs));
  return Array.from({ length: Math.ceil(stories / size) }, (_, n) => ({
    first: first + n * size,
    stories: Math.min(size, stories - n * size),
    quick,
  }));
}

/** Plays a part in a process of its own, which prints what it finds. Rejects when that ends without having told. */
function playedApart({ first, stories, quick }: Part): Promise<Played> {
  const args = ['--stories', String(stories), '--seed', String(first), ...(quick ? ['--quick'] : [])];
  return new Promise((resolve, reject) => {
    const child = fork(__filename, args);
    let told: Played | null = null;
    // What this file's own main sends.
    child.on('message', (message) => (told = message as Played));
    child.on('exit', (code, signal) => {
      if (told) resolve(told);
      else reject(new Error(`seeds from ${first} on: ended with ${code ?? signal ?? 'nothing'}`));
    });
  });
}

async function played({ first, stories, quick }: Part): Promise<Played> {
  const simulation = await createSimulation();
  const play = quick ? playSeedQuickly : playSeed;
  let violations = 0;
  let activations = 0;
  try {
    for (let n = 0; n < stories; n += 1) {
      const broken = await play(simulation, first + n, (told) => (activations += told.activations));
      if (!broken) continue;
      violations += 1;
      print(toldAs(broken));
    }
  } finally {
    await simulation.close();
  }
  const { user, system } = process.cpuUsage();
  return { violations, activations, cpuMs: (user + system) / 1e3 };
}

/** Plays the stories with one rule broken at a time, each until one of them notices. */
async function untilNoticed(names: readonly string[], first: number, stories: number): Promise<void> {
  for (const name of names) {
    const breaking = BREAKS[name];
    if (!breaking) throw new Error(`there is no such break; there are ${Object.keys(BREAKS).join('; ')}`);
    const noticed = await firstToNotice(breaking, first, stories);
    print(`| ${name} | ${noticed ? `${noticed.story} | ${noticed.why}` : `not in ${stories} |`} |`);
    if (!noticed) process.exitCode = 1;
  }
}

async function firstToNotice(
  breaking: Breaking,
  first: number,
  stories: number,
): Promise<{ story: number; why: string } | null> {
  const simulation = await createSimulation(breaking);
  try {
    for (let story = 1; story <= stories; story += 1) {
      const why = await playStoryOf(simulation, first + story - 1);
      if (why !== null) return { story, why: why.slice(0, SHOWN) };
    }
    return null;
  } finally {
    await simulation.close();
  }
}

const SHOWN = 120;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`);
  process.exitCode = 2;
});
