import { parseArgs } from 'node:util';
import { createSimulation } from './simulation';
import { playSeed, toldAs } from './stories/suite';

/** `npm run test:simulation -- --stories N [--seed S]`: plays the stories of the seeds S, S+1, … and prints what is broken. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { stories: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
  });
  const [stories, first] = [Number(values.stories), Number(values.seed)];
  const beganNs = process.hrtime.bigint();
  const beganCpu = process.cpuUsage();
  const simulation = await createSimulation();
  let violations = 0;
  let activations = 0;
  try {
    for (let n = 0; n < stories; n += 1) {
      const broken = await playSeed(simulation, first + n, (told) => (activations += told.activations));
      if (!broken) continue;
      violations += 1;
      process.stdout.write(`${toldAs(broken)}\n`);
    }
  } finally {
    await simulation.close();
  }
  const seconds = Number(process.hrtime.bigint() - beganNs) / 1e9;
  const { user, system } = process.cpuUsage(beganCpu);
  const cpu = (user + system) / 1e6;
  process.stdout.write(
    `seeds ${first} to ${first + stories - 1}; ${(activations / stories).toFixed(1)} activations a story; ` +
      `${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU\n`,
  );
  process.stdout.write(
    `stories ${stories}, violations ${violations}, ${(stories / seconds).toFixed(1)} a second\n`,
  );
  process.exitCode = violations > 0 ? 1 : 0;
}

void main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`);
  process.exitCode = 2;
});
