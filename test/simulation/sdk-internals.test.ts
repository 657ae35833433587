import { readFileSync } from 'node:fs';
import { Activity } from '@temporalio/worker/lib/activity';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared';
import { INTERNAL_FLAGS, SDK_VERSION } from './sdk-internals';

/**
 * What the simulator takes from inside the SDK. When one of these fails after an update: read what became of it in
 * @temporalio/worker/lib, mend sdk-internals.ts, and compare with the real server (fidelity.test.ts) before SDK_VERSION moves.
 */

test('the SDK is of the version that the simulator was written against', () => {
  const file = require.resolve('@temporalio/worker/package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  expect(version).toBe(SDK_VERSION);
});

test.each([
  ['parseWorkflowCode of lib/worker', parseWorkflowCode, 2],
  ['ReusableVMWorkflowCreator.create of lib/workflow/reusable-vm', ReusableVMWorkflowCreator.create, 4],
  ['createWorkflow of a ReusableVMWorkflowCreator', creatorMethod('createWorkflow'), 1],
  ['destroy of a ReusableVMWorkflowCreator', creatorMethod('destroy'), 0],
  ['globalHandlers.install of lib/workflow/vm-shared', installOf(globalHandlers), 0],
  ['Activity of lib/activity', Activity, 10],
  ['run of an Activity', Reflect.get(Activity.prototype, 'run'), 1],
])('%s is there and takes as much as it did', (_name, exported: unknown, parameters) => {
  expect(exported).toBeInstanceOf(Function);
  expect(Reflect.get(exported as object, 'length')).toBe(parameters);
});

function creatorMethod(name: string): unknown {
  return Reflect.get(ReusableVMWorkflowCreator.prototype, name);
}

/** Its own, whatever the simulator has put in its place. */
function installOf(handlers: object): unknown {
  return Reflect.get(Object.getPrototypeOf(handlers) as object, 'install');
}

test('the flags of the SDK are those that the simulator tells a run of', () => {
  expect(INTERNAL_FLAGS).toEqual([1, 2, 3, 4, 5, 6]);
});
