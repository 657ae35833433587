import { setTimeout as pause } from 'node:timers/promises';
import { temporal } from '@temporalio/proto';
import { localTryIn } from '../../../src/client/executions/history';
import { GRPC, grpcCode } from '../../../src/temporal/grpc';
import { realTime } from '../../property/play';
import { startLanes, type Lane, type Lanes } from '../../matrix/lanes';
import type { RigOptions, SagaRig } from '../../support/saga';
import { decodedAll } from '../server/payloads';
import type { Bench } from './bench';
import { outcomeOf, type Outcome } from './play';
import type { FidelityStory } from './story';

/** The real server as a bench: many stories at a time, each with stand-ins of its own. */

/** What became of each story, in their order; an error where one did not come to its end. */
export async function playedOnServer(
  stories: readonly FidelityStory[],
  settings: RigOptions,
  told: (done: number) => void = () => undefined,
): Promise<(Outcome | Error)[]> {
  const lanes = await startLanes({ ...settings, providersApart: true, replays: false }, 'server');
  const outcomes: (Outcome | Error)[] = stories.map(() => new Error('it was not played'));
  const restart = restarting(lanes);
  let done = 0;
  try {
    await lanes.runAll(
      stories.map((story, index) => ({
        name: String(index),
        run: async (lane) => {
          outcomes[index] = await outcomeOf(realBench(lanes.rig, lane, restart), story).catch(asError);
          told(++done);
        },
      })),
    );
  } finally {
    await lanes.stop();
  }
  return outcomes;
}

function asError(err: unknown): Error {
  return err instanceof Error ? err : new Error(String(err));
}

/** Several stories may ask for a restart at the same moment: the workers are one for all. */
function restarting({ rig }: Lanes): Bench['restart'] {
  let running: Promise<void> | null = null;
  const meanwhile: (() => Promise<void>)[] = [];
  const once = async (): Promise<void> => {
    await rig.stopWorkers();
    await Promise.all(meanwhile.splice(0).map((whileAway) => whileAway()));
    await rig.startWorkers();
  };
  return async (whileAway) => {
    if (whileAway) meanwhile.push(whileAway);
    running ??= once().finally(() => {
      running = null;
    });
    await running;
    // Asked for when the workers were about to come back: it finds them there.
    await Promise.all(meanwhile.splice(0).map((late) => late()));
  };
}

function realBench(rig: SagaRig, lane: Lane, restart: Bench['restart']): Bench {
  const { client } = rig.server;
  return {
    ...{ rig, lane, restart, pause },
    racing: realTime,
    async work(workflowId) {
      const { raw, status, historyLength } = await client.workflow.getHandle(workflowId).describe();
      if (status.name !== 'RUNNING') return null;
      const activities = (raw.pendingActivities ?? []).map(({ activityType, attempt }) => ({
        type: activityType?.name ?? '',
        attempt: attempt ?? 1,
      }));
      return { events: historyLength, isAtTask: raw.pendingWorkflowTask != null, activities };
    },
    histories: (workflowId) => historiesOf(rig, workflowId),
    async attributes(workflowId) {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      return decodedAll(raw.workflowExecutionInfo?.searchAttributes?.indexedFields);
    },
  };
}

type Event = temporal.api.history.v1.IHistoryEvent;

/** Every run of a workflow, oldest first: each names the one that it goes on from. */
async function historiesOf({ server }: SagaRig, workflowId: string): Promise<string[][]> {
  const runs: string[][] = [];
  let runId: string | undefined;
  for (;;) {
    const events = await eventsOf(server, workflowId, runId);
    if (!events) return runs;
    runs.unshift(toldOf(events));
    runId = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
    if (runId === undefined) return runs;
  }
}

async function eventsOf(
  { client }: SagaRig['server'],
  workflowId: string,
  runId: string | undefined,
): Promise<Event[] | null> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [];
  } catch (err) {
    if (grpcCode(err) === GRPC.notFound) return null;
    throw err;
  }
}

function toldOf(events: readonly Event[]): string[] {
  const scheduled = new Map<string, string>();
  return events.map((event) => {
    const type = typeOf(event.eventType);
    const of = subjectOf(event, scheduled);
    return of ? `${type} ${of}` : type;
  });
}

/** EVENT_TYPE_TIMER_STARTED is TimerStarted. */
function typeOf(type: number | null | undefined): string {
  const name = temporal.api.enums.v1.EventType[type ?? 0] ?? '';
  const words = name
    .replace(/^EVENT_TYPE_/, '')
    .toLowerCase()
    .split('_');
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}

/** What an event is about, as the model's histories say it. */
function subjectOf(event: Event, scheduled: Map<string, string>): string {
  const { activityTaskScheduledEventAttributes: activity } = event;
  if (activity) {
    const type = activity.activityType?.name ?? '';
    scheduled.set(String(event.eventId), type);
    return type;
  }
  const message =
    event.workflowExecutionSignaledEventAttributes?.signalName ??
    event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name;
  if (message) return message;
  const local = localTryIn(event);
  if (local) return local.name;
  const patch = patchOf(event);
  if (patch) return patch;
  const later =
    event.activityTaskStartedEventAttributes ??
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes ??
    event.activityTaskCancelRequestedEventAttributes;
  return scheduled.get(String(later?.scheduledEventId)) ?? '';
}

/** The id in a patch's marker; of the upsert that core makes with it, the attribute. */
function patchOf({
  markerRecordedEventAttributes: marker,
  upsertWorkflowSearchAttributesEventAttributes: upsert,
}: Event): string | null {
  if (upsert?.searchAttributes?.indexedFields?.[CHANGE_VERSION]) return CHANGE_VERSION;
  const data = marker?.details?.['patch-data']?.payloads?.[0]?.data;
  if (!data) return null;
  // Core writes it itself, in the clear.
  const { id } = JSON.parse(new TextDecoder().decode(data)) as { id?: string };
  return id ?? null;
}

const CHANGE_VERSION = 'TemporalChangeVersion';
