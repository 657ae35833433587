import type { BookingView } from '../../../src/booking/schema/view';
import { ALWAYS, type FaultAnswer, type JunctionCall } from '../../support/calls';
import { resetBooking } from '../../support/resets';
import { atHome } from '../../support/saga';
import {
  BOTH_LIVE,
  confirmedAtPractice,
  NOTHING_LIVE,
  placeForeign,
  startAdopting,
  startConfirmed,
  type Case,
  type Stage,
} from './case';

/** Bookings that need a person on their way to the confirmation, or in a move. */

/** What may be done about a forward step that cannot go on: it goes on, or everything is undone. */
const GO_ON_OR_END: Case['choices'] = {
  retry: { first: 'mend', status: 'confirmed', live: BOTH_LIVE },
  end: { status: 'failed', live: NOTHING_LIVE },
};

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 36_000_000 } };

/** A call that goes wrong until it is mended. */
function failing(reason: Case['reason'], call: JunctionCall, answer: FaultAnswer): Case {
  return {
    reason,
    when: `because of ${call}`,
    async reach(stage) {
      await stage.sandbox.fail(call, { times: ALWAYS, when: 'before', answer });
      return { ...(await startAdopting(stage, 'cancel')), mend: () => stage.sandbox.mend() };
    },
    choices: GO_ON_OR_END,
  };
}

export const FORWARD: readonly Case[] = [
  failing('provider_unavailable', 'availability', { status: 500, body: 'Internal Server Error' }),
  failing('rate_limited', 'book', { status: 429, body: { detail: 'Too Many Requests' } }),
  failing('credentials_rejected', 'book', { status: 401, body: { detail: 'Invalid token' } }),
  failing('unexpected_answer', 'book', { status: 418, body: { detail: 'I am a teapot' } }),
  {
    reason: 'outcome_unknown',
    when: 'because the placing of its order stays unanswered',
    async reach(stage) {
      const { rig, account, sandbox } = stage;
      await sandbox.fail('place_order', { times: ALWAYS, when: 'before', answer: 'reset' });
      const { booking } = await rig.bookings.start(atHome({ account }));
      return { id: booking.id, orderId: null, mend: () => stage.sandbox.mend() };
    },
    choices: { retry: { first: 'mend', status: 'confirmed' }, end: { status: 'failed' } },
  },
  {
    reason: 'patient_has_appointment',
    when: 'because of a visit on another order of theirs',
    async reach(stage) {
      const theirs = await placeForeign(stage, await stage.sandbox.placeOrder());
      const mend = () => stage.sandbox.control(`appointments/${theirs}`, { status: 'cancelled' });
      return { ...(await startAdopting(stage, 'cancel')), mend };
    },
    choices: GO_ON_OR_END,
  },
  {
    reason: 'status_unknown',
    when: 'because the provider has a new word for it at the deadline',
    async reach(stage) {
      await stage.sandbox.control('confirmation', { mode: 'never' });
      const limits = { confirmTimeoutMs: 3_000, maxSlotAttempts: 1 };
      const started = await startAdopting(stage, 'cancel', { ...ASYNC, limits });
      const isWaiting = ({ status }: BookingView) => status === 'awaiting_confirmation';
      const { appointment } = await stage.rig.until(started.id, isWaiting);
      const said = (status: string) => stage.sandbox.control(`appointments/${appointment?.id}`, { status });
      await said('awaiting_moonrise');
      return { ...started, mend: () => said('confirmed') };
    },
    choices: {
      retry: { first: 'mend', status: 'confirmed', live: BOTH_LIVE },
      // The stand-in cancels none whose word it does not know either.
      end: { first: 'mend', status: 'failed', live: NOTHING_LIVE },
    },
  },
  {
    reason: 'booking_reset',
    when: 'where no ref tells what it made before',
    async reach({ rig }) {
      const { id, appointmentId } = await confirmedAtPractice(rig);
      await resetBooking(rig.server, id);
      const mend = () => rig.clinic.control(`appointments/${appointmentId}`, { status: 'DELETED' });
      return { id, orderId: null, mend };
    },
    choices: {
      retry: { first: 'mend', status: 'confirmed' },
      // The undo cannot tell either what there is to undo.
      end: { status: 'compensating', asks: 'booking_reset' },
    },
  },
  {
    reason: 'feature_not_enabled',
    when: 'because the account has no async confirmation',
    async reach(stage) {
      await stage.sandbox.control('account', { asyncConfirmation: 'refused' });
      const mend = () => stage.sandbox.control('account', { asyncConfirmation: 'on' });
      return { ...(await startAdopting(stage, 'cancel', ASYNC)), mend };
    },
    choices: GO_ON_OR_END,
  },
  {
    reason: 'search_incomplete',
    when: 'because the wanted days go further than one search does',
    async reach(stage) {
      await stage.sandbox.control('slots', { empty: ALWAYS });
      const windows = [{ from: '+2d', to: '+300d' }];
      const mend = () => stage.sandbox.control('slots', { empty: 0 });
      return { ...(await startAdopting(stage, 'cancel', { windows })), mend };
    },
    choices: GO_ON_OR_END,
  },
  {
    reason: 'ambiguous_match',
    when: "because somebody else's appointment stands where its own may have landed",
    reach: unansweredBesideForeign,
    choices: {
      retry: { first: 'mend', status: 'confirmed', live: BOTH_LIVE },
      // The undo looks too, and cannot tell either.
      end: { status: 'compensating', asks: 'ambiguous_match', live: BOTH_LIVE },
    },
  },
  {
    reason: 'credentials_rejected',
    when: 'in a move',
    async reach(stage) {
      const kept = await startConfirmed(stage, 'keep');
      const answer = { status: 401, body: { detail: 'Invalid token' } };
      await stage.sandbox.fail('reschedule', { of: kept.orderId, times: ALWAYS, when: 'before', answer });
      await stage.rig.bookings.reschedule(kept.id, { windows: [{ from: '+5d', to: '+9d' }] });
      return { ...kept, mend: () => stage.sandbox.mend() };
    },
    choices: {
      retry: { first: 'mend', status: 'confirmed', live: BOTH_LIVE },
      keep: { status: 'confirmed', live: BOTH_LIVE },
    },
  },
];

/** A book call without an answer and without effect, and another's appointment that turns up after it. */
export async function unansweredBesideForeign(stage: Stage) {
  await stage.sandbox.fail('book', { when: 'before', answer: 'timeout' });
  const { id, orderId } = await startAdopting(stage, 'cancel');
  // The look before the write must be over: what it sees is refused, not ambiguous.
  await stage.sandbox.called('book');
  const foreign = await placeForeign(stage, orderId);
  const mend = () => stage.sandbox.control(`appointments/${foreign}`, { status: 'cancelled' });
  return { id, orderId, mend, undoByHand: mend };
}
