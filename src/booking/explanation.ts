import { failureRow, isFailureCode } from './failures';
import { PLAINTEXT_MARK } from './names';
import { isRefOf } from './ref';
import { unreadableIn } from './unreadable';

/**
 * Explains in words what a booking's calls answered, and what the booking concluded. The words hold ids, times,
 * statuses and counts only, nothing about a patient and no words of a provider. Pure.
 */

export interface Evidence {
  /** What the answer was. */
  shows: string;
  /** Why the booking went on as it did; null where the call speaks for itself. */
  why: string | null;
}

/** What is known of the explained booking. */
export interface ExplainedBooking {
  /** See src/booking/ref.ts. */
  maker: string;
  /** Why it was ending, such as `the caller cancelled it`; null when it was not. */
  endingBecause: string | null;
  /** Whether a message that could not be read here may have ended it. */
  isCauseHidden: boolean;
}

/** What a look is for: the effect of an unanswered call, within its window or after it. */
export const LOOKED_FOR = ['unanswered_call', 'late_effect'] as const;
export type LookedFor = (typeof LOOKED_FOR)[number];

/** Returns what a call's input says that it looks for; null for any other call. */
export function lookedForIn(input: unknown): LookedFor | null {
  const named = isFields(input) ? input.lookedFor : null;
  return LOOKED_FOR.find((one) => one === named) ?? null;
}

type Reader = (answer: Fields, booking: ExplainedBooking) => Evidence;
type Fields = Record<string, unknown>;

const ADOPTED =
  'Adopted: an earlier call of this booking, whose answer was lost, had taken effect; nothing was booked twice.';
const SURFACED = 'Adopted: what the unanswered call brought about has surfaced.';
const NOT_BY_REF =
  'What is there carries no ref of this booking: it is told by what was there before and by what other bookings hold, and where that does not tell, a person is asked.';
const NOT_THERE =
  'Not found is not the same as not booked: looked at again until the late-commit window is over.';
const UNCLEAR =
  'The answer was unclear, so nothing is assumed: the provider is looked at over the late-commit window.';
const REFUSED_UNNAMED =
  'Refused in words that prove nothing: it may have taken effect all the same, so it is looked for, and a person is asked.';
const ACCEPTED_UNSEEN =
  'The provider accepted it, and no read has shown yet that it ended: nothing counts as undone before one does.';

const SPARED = 'Not given back: the look before the cancel shows that the provider’s word has come.';

/** Why something is undone before the booking is ending. */
export const RELEASED_WHY = 'Undone to release what was not confirmed.';

/** One reader for each activity whose answer is evidence. */
const READERS: Readonly<Record<string, Reader>> = {
  bookSlot: bookEvidence,
  moveAppointment: bookEvidence,
  requestVisit: bookEvidence,
  placeOrder: placeEvidence,
  cancelOrder: cancelEvidence,
  cancelAppointment: cancelEvidence,
  othersClaims: claimsEvidence,
  findOtherVisit: otherVisitEvidence,
  lookUp: sightingEvidence,
  awaitAppointmentChange: sightingEvidence,
  readOrder: readEvidence,
  findOrder: orderEvidence,
  awaitOrderChange: readEvidence,
  searchSlots: foundEvidence,
  openBooking: () => ({ shows: 'request and account are in order', why: null }),
  openReschedule: () => ({ shows: 'the new windows or slot are in order', why: null }),
};

/** What a plain yes or no means, for calls where that is evidence. */
const YES_OR_NO: Readonly<Record<string, { yes: Evidence; no: Evidence }>> = {
  isOrderUsedElsewhere: {
    yes: {
      shows: 'another booking uses the order',
      why: 'The order and what is on it may be that booking’s by now: they are not undone for this one.',
    },
    no: { shows: 'no other booking uses the order', why: null },
  },
};

/** Returns why a value cannot be read here, or null. Nothing may be concluded from an unreadable value. */
export function unreadableWords(value: unknown): string | null {
  const unreadable = unreadableIn(value);
  if (unreadable) return `cannot be read here: it is encrypted with the key "${unreadable.keyId}"`;
  if (isFields(value) && PLAINTEXT_MARK in value) return 'cannot be read here: it is not encrypted';
  return null;
}

/** Returns what a finished call's answer says. */
export function evidenceOf(
  activity: string,
  lookedFor: LookedFor | null,
  answer: unknown,
  booking: ExplainedBooking,
): Evidence {
  const unreadable = unreadableWords(answer);
  if (unreadable) return { shows: `the answer ${unreadable}`, why: null };
  if (Array.isArray(answer)) return { shows: `${answer.length} found`, why: null };
  if (typeof answer === 'boolean') return answerOf(activity, answer);
  const reader = Object.hasOwn(READERS, activity) ? READERS[activity] : undefined;
  if (!reader) return { shows: 'done', why: null };
  if (!isFields(answer)) return { shows: 'nothing found', why: null };
  const { shows, why } = reader(answer, booking);
  return { shows, why: why ?? lostAnswerWhy(lookedFor, answer, booking) };
}

function answerOf(activity: string, answer: boolean): Evidence {
  const meaning = Object.hasOwn(YES_OR_NO, activity) ? YES_OR_NO[activity] : undefined;
  if (!meaning) return { shows: String(answer), why: null };
  return answer ? meaning.yes : meaning.no;
}

/** Returns what a failed call's code says. */
export function failureEvidence(code: string): Evidence {
  if (code === 'not_yet') return { shows: 'nothing new', why: 'A poll that saw no change is tried again.' };
  if (!isFailureCode(code)) return { shows: code, why: 'A fault of ours: nothing is undone for it.' };
  const { owner, text } = failureRow(code);
  return { shows: `${code}: ${text}`, why: OWNER_WHY[owner] };
}

const OWNER_WHY = {
  slot: 'The slot is at fault: another one is tried.',
  order: 'The order is at fault: it is waited for, or the booking ends.',
  request: 'The request is at fault: the booking ends and is undone.',
  provider: 'The provider is at fault: tried again within patience, then a person is asked.',
  us: 'The fault is ours: the booking waits for a person and nothing is undone.',
} as const;

function foundEvidence({ slots, complete }: Fields): Evidence {
  const shows = `${Array.isArray(slots) ? slots.length : 0} found`;
  if (complete !== false) return { shows, why: null };
  return { shows, why: 'The search stopped at its limit of calls: what the other days have is not known.' };
}

function bookEvidence({ is, appointment, earlier, searchAgain, isRefusal }: Fields): Evidence {
  if (is === 'held') {
    const shows = `held: ${appointmentWords(appointment)}`;
    return { shows, why: earlier === true ? ADOPTED : null };
  }
  if (is === 'gone') {
    const next = searchAgain === true ? 'slots are searched anew' : 'the next one is tried';
    return { shows: 'gone', why: `The slot could not be had: ${next}.` };
  }
  return unknownEvidence({ isRefusal });
}

function placeEvidence({ is, order, ahead, isRefusal }: Fields, booking: ExplainedBooking): Evidence {
  if (is !== 'done') return unknownEvidence({ isRefusal });
  const shows = [`done: ${recordWords(order)}`, ...aheadWords(ahead, booking)].join('; ');
  return { shows, why: 'The order carries the booking’s id, by which it is found again.' };
}

function readEvidence({ order, ahead }: Fields, booking: ExplainedBooking): Evidence {
  return { shows: [`order ${recordWords(order)}`, ...aheadWords(ahead, booking)].join('; '), why: null };
}

function searchedWords(found: Fields): string {
  return typeof found.refused === 'string'
    ? failureEvidence(found.refused).shows
    : foundEvidence(found).shows;
}

/** Returns what was read ahead for the next steps, in the words of the activities that otherwise read it. */
function aheadWords(ahead: unknown, booking: ExplainedBooking): string[] {
  if (!isFields(ahead)) return [];
  const { sighting, found } = ahead;
  const there = isFields(sighting) ? sightingEvidence({ live: sighting.live }, booking).shows : '';
  const slots = isFields(found) ? `slots: ${searchedWords(found)}` : '';
  return [`read ahead: ${there}`, slots].filter(Boolean);
}

function unknownEvidence({ isRefusal }: Fields): Evidence {
  return { shows: 'unknown', why: isRefusal === true ? REFUSED_UNNAMED : UNCLEAR };
}

/** Returns what became of an appointment or order that was to be cancelled. */
function cancelEvidence(answer: Fields, { endingBecause, isCauseHidden }: ExplainedBooking): Evidence {
  const { is, appointment, order, byUs, accepted } = answer;
  const record = recordWords(appointment ?? order);
  const because = endingBecause ? `Undone because ${endingBecause}.` : isCauseHidden ? null : RELEASED_WHY;
  if (is === 'ended') return { shows: `${byUs === true ? 'undone' : 'had ended'}: ${record}`, why: because };
  if (is === 'asked') return { shows: `the provider's staff is asked: ${record}`, why: because };
  if (is === 'spared') return { shows: `left as it is: ${record}`, why: SPARED };
  if (is === 'nothing_there') return { shows: 'nothing of this booking is there', why: null };
  return accepted === true
    ? { shows: `accepted, not seen to end: ${record}`, why: ACCEPTED_UNSEEN }
    : unknownEvidence(answer);
}

/** Returns whether other bookings of this deployment hold, or may have made, the appointment. */
function claimsEvidence({ theirs, inferred, mayBeAnothers }: Fields): Evidence {
  const count = (ids: unknown) => (Array.isArray(ids) ? ids.length : 0);
  if (mayBeAnothers === true || count(inferred) > 0)
    return { shows: 'another booking may have made it', why: 'Either may be wrong: a person is asked.' };
  if (count(theirs) > 0) return { shows: 'another booking holds it', why: 'It is not this booking’s.' };
  return { shows: 'no other booking holds it', why: 'What is new at the tried start is this booking’s own.' };
}

function sightingEvidence({ order, live }: Fields, booking: ExplainedBooking): Evidence {
  const words = liveIn(live).map(
    (one) => `${appointmentWords(one)}${hasOurRef(one, booking) ? ', with our ref' : ''}`,
  );
  const orderPart = isFields(order) ? [`order ${String(order.status)}`] : [];
  return { shows: [...orderPart, words.join('; ') || 'no live appointment'].join('; '), why: null };
}

function otherVisitEvidence({ bookingId, orderId, ...visit }: Fields): Evidence {
  const owner = typeof bookingId === 'string' ? `, from booking ${bookingId}` : '';
  return {
    shows: `${appointmentWords({ ...visit, id: visit.appointmentId, status: 'live' })} on order ${String(orderId)}`,
    why: `This explains the refusal: the patient has it already${owner}.`,
  };
}

/** Returns what a look-up after an unclear answer means: its findings decide. */
function lostAnswerWhy(
  lookedFor: LookedFor | null,
  { live }: Fields,
  booking: ExplainedBooking,
): string | null {
  if (lookedFor === null) return null;
  const seen = liveIn(live);
  if (seen.length === 0) return lookedFor === 'unanswered_call' ? NOT_THERE : null;
  return seen.some((one) => hasOurRef(one, booking)) ? SURFACED : NOT_BY_REF;
}

function liveIn(live: unknown): Fields[] {
  return Array.isArray(live) ? live.filter(isFields) : [];
}

function hasOurRef({ ref }: Fields, { maker }: ExplainedBooking): boolean {
  return isRefOf(maker, typeof ref === 'string' ? ref : null);
}

function orderEvidence(order: Fields): Evidence {
  return { shows: `order ${recordWords(order)}`, why: null };
}

function recordWords(value: unknown): string {
  if (!isFields(value)) return 'nothing there';
  return 'startsAt' in value ? appointmentWords(value) : `${String(value.id)} ${String(value.status)}`;
}

function appointmentWords(value: unknown): string {
  if (!isFields(value)) return 'an appointment';
  const startsAt = typeof value.startsAt === 'string' ? ` at ${value.startsAt}` : '';
  return `appointment ${String(value.id)} ${String(value.status)}${startsAt}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
