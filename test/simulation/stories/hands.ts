import type { Fault, FaultAnswer } from '../../support/calls';
import type { SagaRig } from '../../support/saga';
import type { BookingView } from '../../../src/booking/schema/view';
import type { Stage } from '../stage';
import type { CallName, Rule } from '../world/faults';

/** The hands of the tests on the real server, laid over a simulated stage: stories and worlds are the same there and here. */

/** As much of a rig as people and the end of a story need (test/property/people.ts, drive.ts). */
export function rigOf(stage: Stage, { bookings, client }: Pick<Stage, 'bookings' | 'client'>): SagaRig {
  const rig = {
    bookings,
    server: { client },
    until: (id: string, fits: (view: BookingView) => boolean, timeoutMs: number) =>
      untilView(stage, id, fits, Math.max(timeoutMs, PATIENCE_MS)),
  };
  // What else a rig has is for tests that stop and start real workers.
  return rig as unknown as SagaRig;
}

/**
 * Longest that a booking may stand still, in ms of virtual time: an activity that is lost with its worker is missed when its
 * time is over, which is two minutes for the slowest.
 */
const PATIENCE_MS = 600_000;

/** How often a view is looked at, in ms of virtual time. */
const LOOK_MS = 50;

export async function untilView(
  stage: Stage,
  id: string,
  fits: (view: BookingView) => boolean,
  timeoutMs: number,
): Promise<BookingView> {
  const giveUpMs = stage.time.now() + timeoutMs;
  for (;;) {
    const seen = stage.changes();
    const view = await stage.bookings.get(id);
    if (fits(view)) return view;
    if (stage.time.now() > giveUpMs)
      throw new Error(`the booking did not get there: ${JSON.stringify(view)}`);
    await anyChange(stage, seen, giveUpMs);
  }
}

/** Waits until there was a change since as many as were seen, and a moment longer; or until the time is over. */
async function anyChange({ time, changes }: Stage, seen: number, giveUpMs: number): Promise<void> {
  do await time.sleep(LOOK_MS);
  while (changes() === seen && time.now() <= giveUpMs);
}

/** Lays faults over a provider's calls, as the tests on the real server do by a sandbox's hand. */
export function faultsOf({ faults }: Stage, vendor: string) {
  return {
    async fail(name: string, ...given: Fault[]): Promise<void> {
      for (const fault of given) faults.add(`${vendor} ${name}` as CallName, ruleOf(fault));
    },
    async mend(): Promise<void> {
      faults.mend();
    },
  };
}

function ruleOf({ answer, ...fault }: Fault): Rule {
  return { ...fault, ...(answer !== undefined && { answer: answerOf(answer) }) };
}

function answerOf(answer: FaultAnswer): NonNullable<Rule['answer']> {
  return typeof answer === 'number' ? { status: answer } : answer;
}
