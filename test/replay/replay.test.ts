import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { pino } from 'pino';
import { dataConverterOf } from '../../src/temporal/encryption';
import { installRuntime } from '../../src/temporal/runtime';
import { workflowBundle } from '../../src/temporal/worker';
import { readableOf } from '../matrix/patient';
import { testBundle } from '../support/bundles';
import { testConfig } from '../support/temporal';
import { goldenHistories, type GoldenHistory } from './histories';
import { SCENARIOS } from './scenarios';

/** Bookings that were open when this code is deployed go on with it: their histories replay. */

const golden = goldenHistories();
const dataConverter = dataConverterOf(testConfig());

/** The workflows whose histories do not take the same path again, each with what is wrong. */
async function brokenIn(
  bundle: WorkflowBundleOption,
  histories: readonly GoldenHistory[],
): Promise<Map<string, Error>> {
  const broken = new Map<string, Error>();
  const options = { workflowBundle: bundle, dataConverter, reuseV8Context: true };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
    if (error) broken.set(workflowId, error);
  }
  return broken;
}

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
    expect(await brokenIn(await workflowBundle(), golden)).toEqual(new Map());
  }, 60_000);

  test('catch a change that open bookings cannot follow', async () => {
    const changed = await testBundle(require.resolve('./changed'));
    const history = golden.find(({ name }) => name === 'confirmed-at-once-then-cancelled');
    if (!history) throw new Error('there is no golden history to try it on');
    const broken = await brokenIn(changed, [history]);
    expect(broken.get(history.workflowId)).toBeInstanceOf(DeterminismViolationError);
  }, 60_000);

  test.each(golden)('$name holds nothing of the patient that can be read', ({ text }) => {
    expect(readableOf(text)).toEqual([]);
  });
});
