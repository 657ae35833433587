import { MockActivityEnvironment } from '@temporalio/testing';
import { createCareActivities, type CareWork } from '../../activities';
import { Failure } from '../../src/booking/failures';

const unexpected = (): never => {
  throw new TypeError('not expected to be called');
};

/** The activities on work of which only telling one to try again is asked. */
const activitiesOf = (retryOne: CareWork['retryOne']) =>
  createCareActivities({
    sweepCutOff: unexpected,
    readLeftBehind: unexpected,
    findProblems: unexpected,
    waitingFor: unexpected,
    retryOne,
  });

const ASKED = { ratePerSecond: 1_000, by: 'desk', reason: 'credentials_rejected' };
const told: string[] = [];

beforeEach(() => {
  told.length = 0;
});

const tell: CareWork['retryOne'] = async (workflowId) => {
  told.push(workflowId);
  if (workflowId === 'booking:stuck') throw new Failure('temporal_unavailable');
  if (workflowId === 'booking:odd') throw new RangeError('no such shard');
  return workflowId !== 'booking:over';
};

test('one that cannot be told is named, and stops no other', async () => {
  const workflowIds = ['booking:stuck', 'booking:a', 'booking:odd', 'booking:over', 'booking:b'];
  const { resume } = activitiesOf(tell);
  expect(await new MockActivityEnvironment().run(resume, { ...ASKED, workflowIds })).toEqual({
    passedOver: 1,
    failedIds: ['booking:stuck', 'booking:odd'],
  });
  expect(told).toEqual(workflowIds);
});

test('a try after a lost worker goes on where that one was, and still names who could not be told', async () => {
  const workflowIds = ['booking:stuck', 'booking:over', 'booking:a', 'booking:b'];
  const heartbeatDetails = { next: 3, passedOver: 1, failed: [0] };
  const { resume } = activitiesOf(tell);
  const env = new MockActivityEnvironment({ attempt: 2, heartbeatDetails });
  expect(await env.run(resume, { ...ASKED, workflowIds })).toEqual({
    passedOver: 1,
    failedIds: ['booking:stuck'],
  });
  expect(told).toEqual(['booking:b']);
});
