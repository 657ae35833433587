import { MockActivityEnvironment } from '@temporalio/testing';
import { createOpsActivities, type OpsWork } from '../../activities';
import { Failure } from '../../src/booking/failures';
import type { Told } from '../../src/booking/ops';

const unexpected = (): never => {
  throw new TypeError('not expected to be called');
};

/** The activities on work of which only telling one to try again is asked. */
const activitiesOf = (retryOne: OpsWork['retryOne']) =>
  createOpsActivities({
    sweepCutOff: unexpected,
    readLeftBehind: unexpected,
    findStuckBookings: unexpected,
    waitingFor: unexpected,
    retryOne,
  });

const ASKED = { ratePerSecond: 1_000, by: 'desk', reason: 'credentials_rejected' };
const told: string[] = [];
/** What becomes of those that are not resumed. */
const OTHERWISE: Readonly<Record<string, Told>> = { 'booking:over': 'ended', 'booking:else': 'changed' };

beforeEach(() => {
  told.length = 0;
});

const tell: OpsWork['retryOne'] = async (workflowId) => {
  told.push(workflowId);
  if (workflowId === 'booking:stuck') throw new Failure('temporal_unavailable');
  if (workflowId === 'booking:odd') throw new RangeError('no such shard');
  return OTHERWISE[workflowId] ?? 'resumed';
};

test('one that cannot be told is named, and stops no other', async () => {
  const workflowIds = ['booking:stuck', 'booking:a', 'booking:odd', 'booking:over', 'booking:b'];
  const { resume } = activitiesOf(tell);
  expect(await new MockActivityEnvironment().run(resume, { ...ASKED, workflowIds })).toEqual({
    passedOver: 1,
    changed: 0,
    failedIds: ['booking:stuck', 'booking:odd'],
  });
  expect(told).toEqual(workflowIds);
});

test('a try after a lost worker goes on where that one was, and still names who could not be told', async () => {
  const workflowIds = ['booking:stuck', 'booking:over', 'booking:a', 'booking:b'];
  const heartbeatDetails = { next: 3, passedOver: 1, changed: 2, failed: [0] };
  const { resume } = activitiesOf(tell);
  const env = new MockActivityEnvironment({ attempt: 2, heartbeatDetails });
  expect(await env.run(resume, { ...ASKED, workflowIds })).toEqual({
    passedOver: 1,
    changed: 2,
    failedIds: ['booking:stuck'],
  });
  expect(told).toEqual(['booking:b']);
});

test('each is asked about what it waited for when it was listed, and those that have changed are counted apart', async () => {
  const asked: unknown[] = [];
  const { resume } = activitiesOf((workflowId, retrying) => {
    asked.push(retrying);
    return tell(workflowId, retrying);
  });
  const workflowIds = ['booking:a', 'booking:else', 'booking:b'];
  const sinceOf = { 'booking:a': '2026-12-01T14:00:00.000Z', 'booking:else': '2026-12-01T15:00:00.000Z' };
  const answer = await new MockActivityEnvironment().run(resume, { ...ASKED, id: 'r', workflowIds, sinceOf });
  expect(answer).toEqual({ passedOver: 0, changed: 1, failedIds: [] });
  const since = [sinceOf['booking:a'], sinceOf['booking:else'], null];
  const { by, reason } = ASKED;
  expect(asked).toEqual(since.map((one) => ({ by, reason, id: 'r', since: one })));
});
