import { parseArgs } from 'node:util';
import { BREAKS } from './breaks';
import { createSimulation } from './simulation';
import type { Breaking } from './stage';
import { playSeed, playSeedQuickly, playStoryOf, toldAs } from './stories/suite';

/**
 * `npm run test:simulation -- --stories N [--seed S]` plays the stories of the seeds S, S+1, … and prints what they break.
 * `--quick` names what is broken and shrinks nothing. `--break <name>` breaks a rule of the saga (breaks.ts) and says which story notices it first.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stories: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      break: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const [stories, first] = [Number(values.stories), Number(values.seed)];
  if (values.break === undefined) return playAll(first, stories, values.quick ? playSeedQuickly : playSeed);
  const names = values.break === 'all' ? Object.keys(BREAKS) : [values.break];
  return untilNoticed(names, first, stories);
}

async function playAll(first: number, stories: number, play: typeof playSeed): Promise<void> {
  const beganNs = process.hrtime.bigint();
  const beganCpu = process.cpuUsage();
  const simulation = await createSimulation();
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
  const seconds = Number(process.hrtime.bigint() - beganNs) / 1e9;
  const { user, system } = process.cpuUsage(beganCpu);
  const cpu = ((user + system) / 1e6).toFixed(1);
  print(
    `seeds ${first} to ${first + stories - 1}; ${(activations / stories).toFixed(1)} activations a story; ` +
      `${seconds.toFixed(1)} s, ${cpu} s of CPU`,
  );
  print(`stories ${stories}, violations ${violations}, ${(stories / seconds).toFixed(1)} a second`);
  process.exitCode = violations > 0 ? 1 : 0;
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
