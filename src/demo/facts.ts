import type { BookingView } from '../booking/schema/view';
import { VENDOR_NAMES } from '../booking/vendors';
import { vendorAt } from '../vendors';
import type { Call, StandInState } from './stand-in';

/** What was seen of a scene. */
export interface Evidence {
  view: BookingView;
  /** The booking's views on its way, each time the scene waited for something. */
  stops: readonly BookingView[];
  /** Why it waited for a person on its way; null when it did not. */
  paused: string | null;
  /** What the provider's sandbox saw and has. */
  state: StandInState;
}

/** How long a slot may stay unconfirmed in the scene that runs out of time, in ms. */
export const DEADLINE_MS = 2_000;

/** The facts that a scene may have to show besides its ending. */
const FACTS = {
  'one book call': ({ state }) => count(state, isBookCall) === 1,
  'asked for, not booked': ({ state }) => count(state, isRequestCall) === 1 && count(state, isBookCall) === 0,
  'time agreed later': ({ view }) =>
    view.attempts.every(({ startsAt }) => startsAt === null) && !!view.appointment?.startsAt,
  'moved by the provider': ({ state }) => count(state, isMoveCall) === 1 && count(state, isBookCall) === 1,
  'time changed': ({ view, stops }) => stops[0]?.appointment?.startsAt !== view.appointment?.startsAt,
  'under another id': ({ view, stops }) => stops[0]?.appointment?.id !== view.appointment?.id,
  'webhook delivered': ({ state }) => changes(state).some(({ outcome }) => outcome === 204),
  'every webhook lost': ({ state }) =>
    changes(state).length > 0 && state.webhooks.every(({ outcome }) => outcome === 'dropped'),
  'looked up in vain first': ({ state: { calls } }) =>
    calls.slice(calls.findIndex(isBookCall) + 1).some((call) => isLookUp(call) && call.status === 404),
  'looked up after the deadline': ({ state }) => looksBeforeCancel(state).some(isAfterDeadline(state)),
  'left to a person meanwhile': ({ stops }) =>
    stops.some((stop) => undoOf(stop, 'appointment') === 'left_to_person'),
  'one staff task': ({ state }) => state.staffTasks.length === 1,
  'appointment cancelled before its order': ({ state: { calls } }) =>
    calls.some(isCancel) && calls.findIndex(isCancel) < calls.findIndex(isOrderCancel),
  'appointment undone': ({ view }) => undoOf(view, 'appointment') === 'undone',
  'order undone': ({ view }) => undoOf(view, 'order') === 'undone',
  'order left alone': ({ view }) => undoOf(view, 'order') === 'nothing_to_undo',
} as const satisfies Record<string, (evidence: Evidence) => boolean>;

export type Fact = keyof typeof FACTS;

/** Returns true when the evidence shows the fact. */
export function isShown(fact: Fact, evidence: Evidence): boolean {
  return FACTS[fact](evidence);
}

const calls =
  (verb: string, path: RegExp) =>
  (call: Call): boolean =>
    call.method === verb && path.test(call.path);

/** Returns true for a call that takes a slot, at any vendor's sandbox. */
export function isBookCall({ method, path }: Call): boolean {
  return VENDOR_NAMES.some((vendor) => vendorAt(vendor).sandbox.isBookCall(method, path));
}

const isRequestCall = calls('POST', /\/appointment\/request$/);
const isMoveCall = calls('PATCH', /\/appointment\/reschedule$/);
const isLookUp = calls('GET', /\/appointment$/);
const isCancel = calls('PATCH', /\/appointment\/cancel$/);
const isOrderCancel = calls('POST', /\/order\/[^/]+\/cancel$/);

function count({ calls: all }: StandInState, isOne: (call: Call) => boolean): number {
  return all.filter(isOne).length;
}

function looksBeforeCancel({ calls }: StandInState): Call[] {
  return calls.slice(0, Math.max(0, calls.findIndex(isCancel))).filter(isLookUp);
}

function isAfterDeadline({ calls }: StandInState): (call: Call) => boolean {
  const bookedAt = calls.find(isBookCall)?.at ?? '';
  return ({ at }) => Date.parse(at) - Date.parse(bookedAt) >= DEADLINE_MS;
}

function undoOf(view: BookingView, step: 'order' | 'appointment'): string | undefined {
  return view.compensation.find((undo) => undo.step === step)?.outcome;
}

/** Returns the deliveries of news about appointments. */
function changes({ webhooks }: StandInState): StandInState['webhooks'] {
  return webhooks.filter(({ eventType }) => /^(?:labtest\.appointment\.updated$|BOOKING_)/.test(eventType));
}
