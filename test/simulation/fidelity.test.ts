import { startSaga, type SagaRig } from '../support/saga';
import { realBench, simulatedBench } from './fidelity/bench';
import { outcomeOf, type Outcome } from './fidelity/compare';
import { SCRIPTS, type Script } from './fidelity/scripts';
import { RetryState } from './server/retry';
import type { ModelRules } from './server/rules';
import { createSimulation, type Simulation } from './simulation';

/**
 * The same stories on the real server and in the simulator. Their messages wait for rest, so their commands must be equal.
 * A provider's change may come while a poll reads, and be seen in two parts: what the real server gives must be among
 * what the simulator gives for a few seeds.
 */

const SEEDS = [1, 2, 3, 4];

/** Models that are wrong in one way each. */
const WRONG: Readonly<Record<string, Partial<ModelRules>>> = {
  'never tries an activity again': {
    verdictOn: () => ({ again: false, why: RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET }),
  },
  'has a workflow wait until what it cancels has ended': { isCancelledAtOnce: () => false },
};

const simulated = new Map<string, Outcome[]>();
const wrong = new Map<string, (Outcome | Error)[]>();
let rig: SagaRig;

beforeAll(async () => {
  // Virtual time must be gone before the real server's client is there.
  const simulation = await createSimulation();
  try {
    for (const [name, script] of Object.entries(SCRIPTS)) {
      const outcomes: Outcome[] = [];
      for (const seed of SEEDS) outcomes.push(await played(simulation, seed, script));
      simulated.set(name, outcomes);
    }
    for (const [name, rules] of Object.entries(WRONG)) wrong.set(name, await allPlayed(simulation, rules));
  } finally {
    await simulation.close();
  }
  rig = await startSaga();
}, 240_000);
afterAll(() => rig.stop(), 180_000);
beforeEach(() => rig.sandbox.control('reset', {}));

function played(simulation: Simulation, seed: number, script: Script, rules: Partial<ModelRules> = {}) {
  return simulation.play(seed, (stage) => outcomeOf(simulatedBench(stage), script), { rules });
}

/** What a wrong model makes of each script; it may also come to no end. */
async function allPlayed(simulation: Simulation, rules: Partial<ModelRules>): Promise<(Outcome | Error)[]> {
  const outcomes: (Outcome | Error)[] = [];
  for (const script of Object.values(SCRIPTS))
    outcomes.push(
      await played(simulation, 1, script, rules).catch((err: unknown) =>
        err instanceof Error ? err : new Error(String(err)),
      ),
    );
  return outcomes;
}

test.each(Object.entries(SCRIPTS))(
  '%s: equal',
  async (name, script) => {
    const real = await outcomeOf(realBench(rig), script);
    const mine = simulated.get(name) ?? [];
    const isAmong = mine.some((one) => JSON.stringify(one) === JSON.stringify(real));
    // The first stands for all: the difference is what a reader wants to see.
    if (!isAmong) expect(real).toEqual(mine[0]);
    expect(isAmong).toBe(true);
  },
  120_000,
);

test.each(Object.keys(WRONG))('a model that %s is noticed', (name) => {
  const scripts = [...simulated.values()];
  const noticed = (wrong.get(name) ?? []).filter((outcome, index) => {
    const right = scripts[index]?.map((one) => JSON.stringify(one)) ?? [];
    return outcome instanceof Error || !right.includes(JSON.stringify(outcome));
  });
  expect(noticed.length).toBeGreaterThan(0);
});
