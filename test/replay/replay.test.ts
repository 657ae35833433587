import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { pino } from 'pino';
import { dataConverterOf } from '../../src/temporal/encryption';
import { installRuntime } from '../../src/temporal/runtime';
import { bundleWorkflows } from '../../src/temporal/worker';
import { readableOf } from '../matrix/patient';
import { testConfig } from '../support/temporal';
import { goldenHistories, type GoldenHistory } from './histories';
import { SCENARIOS } from './scenarios';

/** Bookings that were open when this code is deployed go on with it: their histories replay. */

const golden = goldenHistories();
const dataConverter = dataConverterOf(testConfig());

type Bundle = Awaited<ReturnType<typeof bundleWorkflows>>;

const replay = (workflowBundle: Bundle, { history, workflowId }: GoldenHistory) =>
  Worker.runReplayHistory({ workflowBundle, dataConverter, reuseV8Context: true }, history, workflowId);

test('there is a golden history of every scenario (npm run record-histories makes them)', () => {
  expect(golden.map(({ name }) => name)).toEqual(SCENARIOS.map(({ name }) => name).sort());
});

describe('golden histories', () => {
  beforeAll(() => {
    // Before the runtime: once it is installed and no worker was made with it, the process does not end.
    if (golden.length === 0) throw new Error('there are none: npm run record-histories');
    installRuntime(pino({ level: 'silent' }));
  });

  test('all replay', async () => {
    const bundle = await bundleWorkflows();
    const broken: string[] = [];
    for (const history of golden) {
      await replay(bundle, history).catch((err: unknown) => {
        broken.push(`${history.name}: ${err instanceof Error ? err.message : String(err)}`);
      });
    }
    expect(broken).toEqual([]);
  }, 60_000);

  test('catch a change that open bookings cannot follow', async () => {
    const changed = await bundleWorkflows(require.resolve('./changed'));
    const history = golden.find(({ name }) => name === 'confirmed-at-once-then-cancelled');
    if (!history) throw new Error('there is no golden history to try it on');
    await expect(replay(changed, history)).rejects.toThrow(DeterminismViolationError);
  }, 60_000);

  test.each(golden)('$name holds nothing of the patient that can be read', ({ text }) => {
    expect(readableOf(text)).toEqual([]);
  });
});
