import type { SagaRig } from '../support/saga';
import { startSaga } from '../support/saga';
import { realBench, simulatedBench } from './fidelity/bench';
import { outcomeOf, type Outcome } from './fidelity/compare';
import { SCRIPTS } from './fidelity/scripts';
import { createSimulation } from './simulation';

/** The same stories on the real server and in the simulator: whose messages wait for rest, their commands must be equal. */

const simulated = new Map<string, Outcome>();
let rig: SagaRig;

beforeAll(async () => {
  // Virtual time must be gone before the real server's client is there.
  const simulation = await createSimulation();
  try {
    for (const [name, script] of Object.entries(SCRIPTS))
      simulated.set(name, await simulation.play(1, (stage) => outcomeOf(simulatedBench(stage), script)));
  } finally {
    await simulation.close();
  }
  rig = await startSaga();
}, 240_000);
afterAll(() => rig.stop(), 180_000);
beforeEach(() => rig.sandbox.control('reset', {}));

test.each(Object.entries(SCRIPTS))(
  '%s: equal',
  async (name, script) => {
    expect(await outcomeOf(realBench(rig), script)).toEqual(simulated.get(name));
  },
  120_000,
);
