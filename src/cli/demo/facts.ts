import type { BookingView } from '../../booking/schema/view';
import type { Call, StandInState } from './stand-in';

/** What was seen of a scene. */
export interface Evidence {
  view: BookingView;
  /** Why it waited for a person on its way; null when it did not. */
  paused: string | null;
  /** What the provider's stand-in saw and has. */
  state: StandInState;
}

/** How long a slot may stay unconfirmed in the scene that runs out of time, in ms. */
export const DEADLINE_MS = 2_000;

/** What a scene may have to show beside its ending. */
const FACTS = {
  'one book call': ({ state }) => state.calls.filter(isBookCall).length === 1,
  'webhook delivered': ({ state }) => changes(state).some(({ outcome }) => outcome === 204),
  'every webhook lost': ({ state }) =>
    changes(state).length > 0 && state.webhooks.every(({ outcome }) => outcome === 'dropped'),
  'looked up in vain first': ({ state: { calls } }) =>
    calls.slice(calls.findIndex(isBookCall) + 1).some((call) => isLookUp(call) && call.status === 404),
  'looked up after the deadline': ({ state }) => looksBeforeCancel(state).some(isAfterDeadline(state)),
  'order undone': ({ view }) => undoOf(view, 'order') === 'undone',
  'order left alone': ({ view }) => undoOf(view, 'order') === 'nothing_to_undo',
} as const satisfies Record<string, (evidence: Evidence) => boolean>;

export type Fact = keyof typeof FACTS;

/** Whether the evidence shows it. */
export function isShown(fact: Fact, evidence: Evidence): boolean {
  return FACTS[fact](evidence);
}

/** Whether a call is one that takes a slot. */
export function isBookCall({ method, path }: Call): boolean {
  return method === 'POST' && path.endsWith('/appointment/book');
}

function isLookUp({ method, path }: Call): boolean {
  return method === 'GET' && path.endsWith('/appointment');
}

function isCancel({ method, path }: Call): boolean {
  return method === 'PATCH' && path.endsWith('/appointment/cancel');
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

/** Deliveries of what became of an appointment. */
function changes({ webhooks }: StandInState): StandInState['webhooks'] {
  return webhooks.filter(({ eventType }) => eventType === 'labtest.appointment.updated');
}
