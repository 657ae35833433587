import type { BookingView } from '../../../src/booking/schema/view';
import type { Bench } from './bench';
import type { Script } from './scripts';

/** What of a story must be equal on the real server and in the simulator. */
export interface Outcome {
  events: string[];
  view: object;
}

export async function outcomeOf(bench: Bench, script: Script): Promise<Outcome> {
  const id = await script(bench);
  return { events: comparable(await bench.history(id)), view: endOf(await bench.bookings.get(id)) };
}

/**
 * The commands of each workflow task, and the messages, in their order. Left out is what chance decides on either: tasks
 * that bring no command, and whether a poll was under way or paused when it was given up.
 */
function comparable(events: readonly string[]): string[] {
  return events.filter((event, at) => {
    if (event === 'WorkflowTaskCompleted') return !FROM_OUTSIDE.test(events[at + 1] ?? event);
    return !LEFT_OUT.test(event);
  });
}

const LEFT_OUT = /^WorkflowTask|^ActivityTaskStarted|^ActivityTask(Canceled|Completed|Failed) await/;

/** Events that no command of the workflow's own makes. */
const FROM_OUTSIDE =
  /^WorkflowTask|^WorkflowExecution(Signaled|CancelRequested)|^TimerFired|^ActivityTask(Started|Completed|Failed|TimedOut|Canceled)/;

function endOf({
  status,
  compensation,
  attempts,
  order,
  appointment,
  failure,
  attention,
}: BookingView): object {
  return {
    status,
    compensation: compensation.map(({ step, outcome, attempts: tries }) => ({ step, outcome, tries })),
    attempts: attempts.map(({ outcome }) => outcome),
    order: order && { origin: order.origin, status: order.status },
    appointment: appointment?.status ?? null,
    failure,
    attention,
  };
}
