import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { coresdk } from '@temporalio/proto';
import { ENCRYPTION_KEY_ERROR, markOf } from '../../src/booking/unreadable';
import { interceptors as guardedReads } from '../../workflows/interceptors/guarded-reads';
import { interceptors as oneUpsert } from '../../workflows/interceptors/one-upsert';
import { interceptors as ownPayloads } from '../../workflows/interceptors/own-payloads';

const plain = defaultPayloadConverter.toPayload({ any: 'thing' });
const marked = defaultPayloadConverter.toPayload(markOf({ keyId: 'lost', payload: 'Cg==' }));

type Job = coresdk.workflow_activation.IWorkflowActivationJob;

/** What becomes of an activation: `ran`, or the name of the error. */
function activate(job: Job): string {
  let became = 'nothing';
  const [internals] = ownPayloads().internals ?? [];
  try {
    internals?.activate?.({ activation: { jobs: [{ removeFromCache: {} }, job] }, batchIndex: 0 }, () => {
      became = 'ran';
    });
  } catch (err) {
    became = err instanceof Error ? err.name : 'thrown';
  }
  return became;
}

const failure = { cause: { applicationFailureInfo: { type: 'no_slot', details: { payloads: [marked] } } } };

test.each<[string, Job]>([
  ['the input', { initializeWorkflow: { arguments: [plain, marked] } }],
  ["an activity's result", { resolveActivity: { result: { completed: { result: marked } } } }],
  ["an activity's failure", { resolveActivity: { result: { failed: { failure } } } }],
  ['an update that was accepted', { doUpdate: { runValidator: false, input: [marked] } }],
])('%s that cannot be read holds the workflow up before any of its code runs', (_name, job) => {
  expect(activate(job)).toBe(ENCRYPTION_KEY_ERROR);
});

test.each<[string, Job]>([
  ['a signal', { signalWorkflow: { input: [marked] } }],
  ['an update that was not looked at yet', { doUpdate: { runValidator: true, input: [marked] } }],
  ['a memo', { initializeWorkflow: { arguments: [plain], memo: { fields: { view: marked } } } }],
  ['nothing of it', { initializeWorkflow: { arguments: [plain] } }],
])('%s that cannot be read does not', (_name, job) => {
  expect(activate(job)).toBe('ran');
});

test.each([
  [
    'of search attributes',
    (indexedFields: Record<string, Payload>) => ({
      upsertWorkflowSearchAttributes: { searchAttributes: { indexedFields } },
    }),
  ],
  [
    'of the memo',
    (fields: Record<string, Payload>) => ({ modifyWorkflowProperties: { upsertedMemo: { fields } } }),
  ],
])('upserts of one activation become one, the last word of each field in it: %s', (_kind, upsertOf) => {
  const upsert = (fields: Record<string, string>): coresdk.workflow_commands.IWorkflowCommand =>
    upsertOf(
      Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, defaultPayloadConverter.toPayload(value)]),
      ),
    );
  const timer = { startTimer: { seq: 1 } };
  const conclude = (commands: coresdk.workflow_commands.IWorkflowCommand[]) =>
    oneUpsert().internals?.[0]?.concludeActivation?.({ commands }, (input) => input).commands;
  expect(conclude([upsert({ A: '1' }), timer])).toEqual([upsert({ A: '1' }), timer]);
  expect(conclude([upsert({ A: '1', B: '1' }), timer, upsert({ A: '2' })])).toEqual([
    timer,
    upsert({ A: '2', B: '1' }),
  ]);
});

describe('a query', () => {
  type Told = Partial<coresdk.workflow_activation.IWorkflowActivation>;
  const job = { fireTimer: { seq: 1 } };
  const query: Told = { jobs: [{ queryWorkflow: { queryId: 'legacy' } }] };
  const task = (historyLength: number, bytes: number, isReplaying = false): Told => ({
    jobs: [job],
    historyLength,
    historySizeBytes: String(bytes) as never,
    isReplaying,
  });

  /** What becomes of the last of some activations. */
  const last = (told: readonly Told[]): string => {
    const activate = guardedReads().internals?.[0]?.activate;
    let became = '';
    for (const activation of told) {
      became = 'refused';
      try {
        // Core gives the whole message; these are the fields that the guard reads.
        activate?.({ activation: activation, batchIndex: 0 }, () => (became = 'answered'));
      } catch {
        continue;
      }
    }
    return became;
  };

  test.each([
    ['between two tasks is answered', 'answered', [task(5, 900), query]],
    ['after events that no task has taken up is refused', 'refused', [task(5, 900), task(7, 900), query]],
    ['is refused as often as it comes then', 'refused', [task(5, 900), task(7, 900), query, query]],
    ['after a replay is answered', 'answered', [task(5, 900), task(7, 900, true), query]],
    ['after the task that takes them up is answered', 'answered', [task(5, 900), task(7, 1_200), query]],
    [
      'after such events that a local activity followed is refused',
      'refused',
      [task(5, 900), task(7, 900), task(7, 900), query],
    ],
    [
      'after a local activity of a task is answered',
      'answered',
      [task(5, 900), task(7, 1_200), task(7, 1_200), query],
    ],
    ['is answered where the server tells no size', 'answered', [task(5, 0), task(7, 0), query]],
  ])('%s', (_name, became, told) => expect(last(told)).toBe(became));
});
