import { isDeepStrictEqual } from 'node:util';
import { CHOICES, type Choice } from '../../../src/booking/failures';
import type { BookingView } from '../../../src/booking/schema/view';
import type { Job, Lane, Lanes } from '../../matrix/lanes';
import type { SagaRig } from '../../support/saga';
import { eventually } from '../../support/stand-in';
import type { Case, Outcome } from './case';

/** Reaches the reason once for each choice and chooses it; what went otherwise than the case says, by choice. */
export function chooseEach(lanes: Lanes, one: Case): Promise<string[]> {
  const jobs = choicesOf(one).map<Job>((chosen) => ({
    name: chosen[0],
    run: (lane) => choose(lanes.rig, lane, one, chosen),
  }));
  return lanes.runAll(jobs);
}

function choicesOf({ choices }: Case): [Choice, Outcome][] {
  const all = Object.keys(CHOICES) as Choice[]; // the table's own keys
  return all.flatMap((choice) => {
    const outcome = choices[choice];
    return outcome ? [[choice, outcome]] : [];
  });
}

async function choose(
  rig: SagaRig,
  lane: Lane,
  one: Case,
  [choice, outcome]: readonly [Choice, Outcome],
): Promise<void> {
  // Not `until`: a booking that was cut off is seen through its clean-up.
  const shown = (id: string, fits: (view: BookingView) => boolean) =>
    eventually(() => rig.bookings.get(id), fits);
  const reached = await one.reach({ ...lane, rig });
  const { attention } = await shown(reached.id, (view) => view.attention !== null);
  expect(attention?.reason).toBe(one.reason);
  expect([...(attention?.choices ?? [])].sort()).toEqual(Object.keys(one.choices).sort());
  expect(attention?.tried).not.toEqual([]);
  // Nothing waits unseen: whoever asks for this reason finds it.
  await eventually(
    () => rig.bookings.list({ attention: one.reason }),
    ({ bookings }) => bookings.some(({ id }) => id === reached.id),
  );
  if (outcome.first) await reached[outcome.first]?.();
  await rig.bookings.resolve(reached.id, { choice, why: 'the test says so', by: 'tests' });
  await shown(reached.id, (view) => isThere(view, outcome, attention?.since));
  const { orderId } = reached;
  if (outcome.live && orderId) {
    const live = () => lane.sandbox.live(orderId);
    expect(await eventually(live, (seen) => isDeepStrictEqual(seen, outcome.live))).toEqual(outcome.live);
  }
}

/** Whether the booking got to where its choice leads; `asked` is since when it had asked before. */
function isThere({ status, attention }: BookingView, outcome: Outcome, asked: string | undefined): boolean {
  if (status !== outcome.status) return false;
  if (!outcome.asks) return attention === null;
  return attention?.reason === outcome.asks && attention.since !== asked;
}
