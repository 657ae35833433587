import { setTimeout as pause } from 'node:timers/promises';
import { temporal } from '@temporalio/proto';
import { workflowIdOf } from '../../../src/booking/names';
import type { BookingView } from '../../../src/booking/schema/view';
import type { BookingClient } from '../../../src/client/booking-client';
import type { JunctionCall, Fault } from '../../support/calls';
import type { SagaRig } from '../../support/saga';
import { AT_HOME_ORDER } from '../../support/sandbox';
import { handsAtHome, untilView } from '../stories/hands';
import { historyOf } from '../stories/play';
import type { Stage } from '../stage';

/** What a script is played on: the real server, or the simulator. */
export interface Bench {
  bookings: BookingClient;
  control(path: string, body: unknown): Promise<unknown>;
  fail(name: JunctionCall, fault: Fault): Promise<void>;
  mend(): Promise<void>;
  placeOrder(): Promise<string>;
  /** The id of the appointment that stands. */
  standing(): Promise<string>;
  until(id: string, fits: (view: BookingView) => boolean): Promise<BookingView>;
  /** The events of the booking's only run. */
  history(id: string): Promise<string[]>;
}

export function simulatedBench(stage: Stage): Bench {
  const hand = handsAtHome(stage);
  return {
    ...hand,
    bookings: stage.bookings,
    placeOrder: () => hand.placeOrder(AT_HOME_ORDER),
    standing: async () => standingOf(await stage.junction.state()),
    until: (id, fits) => untilView(stage, id, fits, SIMULATED_PATIENCE_MS),
    async history(id) {
      const run = stage.namespace.find(workflowIdOf(id));
      return run ? historyOf(run) : [];
    },
  };
}

export function realBench(rig: SagaRig): Bench {
  const { sandbox } = rig;
  return {
    bookings: rig.bookings,
    control: (path, body) => sandbox.control(path, body),
    fail: (name, fault) => sandbox.fail(name, fault),
    mend: () => sandbox.mend(),
    placeOrder: () => sandbox.placeOrder(),
    standing: async () => standingOf(await sandbox.state()),
    async until(id, fits) {
      const giveUpMs = Date.now() + PATIENCE_MS;
      for (;;) {
        const view = await rig.bookings.get(id);
        if (fits(view)) return view;
        if (Date.now() > giveUpMs) throw new Error(`it did not get there: ${JSON.stringify(view)}`);
        await pause(LOOK_MS);
      }
    },
    async history(id) {
      const { events } = await rig.server.client.workflow.getHandle(workflowIdOf(id)).fetchHistory();
      const scheduled = new Map<string, string>();
      return (events ?? []).map((event) => {
        const type = typeOf(event.eventType);
        const of = subjectOf(event, scheduled);
        return of ? `${type} ${of}` : type;
      });
    },
  };
}

const PATIENCE_MS = 60_000;
/** The same where nothing but the story itself takes time; what a wrong model never brings to an end costs no more. */
const SIMULATED_PATIENCE_MS = 20_000;
/** How often a view is looked at, in ms; as in the simulator. */
const LOOK_MS = 50;

function standingOf(state: unknown): string {
  // The sandbox's own record; its shape is tested in test/sandbox.
  const [id] = (state as { live: { appointments: string[] } }).live.appointments;
  if (id === undefined) throw new Error('no appointment stands');
  return id;
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
function subjectOf(event: temporal.api.history.v1.IHistoryEvent, scheduled: Map<string, string>): string {
  const { activityTaskScheduledEventAttributes: activity } = event;
  if (activity) {
    const type = activity.activityType?.name ?? '';
    scheduled.set(String(event.eventId), type);
    return type;
  }
  const signal = event.workflowExecutionSignaledEventAttributes?.signalName;
  if (signal) return signal;
  const later =
    event.activityTaskStartedEventAttributes ??
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes ??
    event.activityTaskCancelRequestedEventAttributes;
  return scheduled.get(String(later?.scheduledEventId)) ?? '';
}
