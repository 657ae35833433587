import { Failure, type FailureCode } from '../../../src/booking/failures';
import type { Appointment, ProviderName, Sighting } from '../../../src/booking/model';
import type { Call, Provider, Where } from '../../../src/providers/provider';
import type { Exchange } from '../recorder';
import type { Subject } from '../subject';

/**
 * Wrong adapters: each is a right one with one mistake around it, of the kind that somebody makes who adds a provider.
 * The kit must notice each in the case that is named with it.
 */
export interface WrongAdapter {
  /** What it does wrong, after "an adapter that". docs/adding-a-provider.md lists it in these words. */
  what: string;
  on: Extract<ProviderName, 'junction-psc' | 'oliver' | 'calcom'>;
  /** The whole name of the case that notices it. */
  case: string;
  /** How that case fails. */
  fails: RegExp;
  spoil(subject: Subject): void;
}

/** Puts something around the right adapter's methods. */
function around(subject: Subject, change: (right: Provider) => Partial<Provider>): void {
  subject.adapter = { ...subject.adapter, ...change(subject.adapter) };
}

/** Lets a call fail with another code than it does, or not fail at all. */
async function otherwise<T>(call: Promise<T>, code: FailureCode, instead: () => T | Promise<T>): Promise<T> {
  return call.catch((err: unknown) => {
    if (err instanceof Failure && err.code === code) return instead();
    throw err;
  });
}

function fail(code: FailureCode): never {
  throw new Failure(code);
}

/** Changes what looks show. */
function looking(
  subject: Subject,
  change: (seen: Sighting, where: Where, right: Provider, call: Call) => Sighting | Promise<Sighting>,
): void {
  around(subject, (right) => ({
    lookUp: async (call, where) => change(await right.lookUp(call, where), where, right, call),
  }));
}

function eachAppointment(seen: Sighting, change: (one: Appointment) => Appointment): Sighting {
  return { ...seen, live: seen.live.map(change), ended: seen.ended.map(change) };
}

const NOTHING: Sighting = { order: null, live: [], ended: [] };

/** Ben Okafor and Milo, of whom no request of the kit speaks. */
const BEN = { provider: 'oliver' as const, client: { id: 302 }, patient: { id: 703 } };

function withoutFence(call: Call): Call {
  return { ...call, fence: undefined };
}

/** A page of Oliver's list as it is when it is the only one. */
function onlyPage({ method, path, query, answer }: Exchange): unknown {
  if (method !== 'GET' || !path.endsWith('/appointments') || query.get('page') !== '0') return answer;
  const { data, ...rest } = answer as { data: { content: unknown[] } };
  return { ...rest, data: { ...data, total_pages: 1, total_count: data.content.length } };
}

export const WRONG_ADAPTERS: readonly WrongAdapter[] = [
  {
    what: 'takes a lost answer for a refusal',
    on: 'junction-psc',
    case: 'booked, but the answer is lost to a reset: unknown, then found',
    fails: /"is": "gone"/,
    spoil: (subject) =>
      around(subject, (right) => ({
        book: (call, booking) =>
          otherwise(right.book(call, booking), 'outcome_unknown', () => fail('slot_gone')),
      })),
  },
  {
    what: 'takes a lost answer for a success',
    on: 'junction-psc',
    case: 'not booked, and the answer is lost to a reset: unknown, then empty',
    fails: /"is": "held"/,
    spoil: (subject) =>
      around(subject, (right) => ({
        book: (call, booking) =>
          otherwise(right.book(call, booking), 'outcome_unknown', () => ({
            ...MADE_UP,
            orderId: booking.orderId,
            startsAt: booking.startsAt,
            ref: booking.ref,
          })),
      })),
  },
  {
    what: 'takes a failed look for an empty one',
    on: 'junction-psc',
    case: 'a look that is lost to a reset is retried, and never an empty one',
    fails: /did not fail|no trace/,
    spoil: (subject) =>
      around(subject, (right) => ({
        lookUp: (call, where) => otherwise(right.lookUp(call, where), 'provider_unavailable', () => NOTHING),
      })),
  },
  {
    what: 'takes a failed search for an empty one',
    on: 'oliver',
    case: 'a search that is lost to a reset is retried, and never an empty one',
    fails: /did not fail/,
    spoil: (subject) =>
      around(subject, (right) => ({
        searchSlots: (call, query) =>
          otherwise(right.searchSlots(call, query), 'provider_unavailable', () => ({
            slots: [],
            complete: true,
          })),
      })),
  },
  {
    what: 'sends no reference',
    on: 'oliver',
    case: 'the reference goes out with every book call, and only where it belongs',
    fails: /StringMatching/,
    spoil: (subject) =>
      around(subject, (right) => ({
        book: (call, booking) => right.book(call, { ...booking, ref: '' }),
      })),
  },
  {
    what: 'takes a word that it does not know for an end',
    on: 'junction-psc',
    case: 'words that no contract lists are carried, count as live, and move nothing',
    fails: /"none"/,
    spoil: (subject) =>
      looking(subject, (seen) => ({
        ...seen,
        live: seen.live.filter(({ phase }) => phase !== 'unknown'),
        ended: [
          ...seen.ended,
          ...seen.live
            .filter(({ phase }) => phase === 'unknown')
            .map((one) => ({ ...one, phase: 'cancelled' as const })),
        ],
      })),
  },
  {
    what: 'takes a slot that is gone for a bad request',
    on: 'oliver',
    case: 'a slot that somebody else was quicker for is gone, and the next one can be had',
    fails: /refused the request as invalid/,
    spoil: (subject) =>
      around(subject, (right) => ({
        book: (call, booking) =>
          otherwise(right.book(call, booking), 'slot_gone', () => fail('request_refused')),
      })),
  },
  {
    what: 'never reads the booking’s own ids',
    on: 'oliver',
    case: 'an appointment that the provider moved far away is still ours, wherever in time it is',
    fails: /no trace of an appointment/,
    spoil: (subject) =>
      around(subject, (right) => ({
        lookUp: (call, where) => right.lookUp(call, { ...where, ownIds: [] }),
      })),
  },
  {
    what: 'takes what was moved to another id for ended',
    on: 'calcom',
    case: 'moved, but the answer is lost to 504: unknown, then seen at its new time',
    fails: /"none"/,
    spoil: (subject) =>
      looking(subject, (seen, { ownIds }) => ({
        ...seen,
        live: seen.live.filter(({ id }) => ownIds.length === 0 || ownIds.includes(id)),
      })),
  },
  {
    what: 'reads only the first page of a list',
    on: 'oliver',
    case: 'an appointment whose answer was lost is found behind a page of others',
    fails: /"none"/,
    spoil: ({ hand }) => hand?.mishear(onlyPage),
  },
  {
    what: 'never lets a visit end',
    on: 'oliver',
    case: 'a visit that took place is seen to be over, and is not cancelled any more',
    fails: /"completed"/,
    spoil: (subject) =>
      looking(subject, (seen) =>
        eachAppointment(seen, (one) => (one.phase === 'completed' ? { ...one, phase: 'confirmed' } : one)),
      ),
  },
  {
    what: 'searches days of UTC',
    on: 'oliver',
    case: 'days are days at the place, however far it is from UTC: their mornings are found',
    fails: /\d{4}-\d\d-\d\d/,
    spoil: (subject) =>
      around(subject, (right) => ({
        async searchSlots(call, query) {
          const { slots, complete } = await right.searchSlots(call, query);
          const isAsked = (day: string): boolean =>
            query.days.some(({ from, to }) => from <= day && day <= to);
          return { complete, slots: slots.filter(({ startsAt }) => isAsked(startsAt.slice(0, 10))) };
        },
      })),
  },
  {
    what: 'leaves the last name out',
    on: 'junction-psc',
    case: 'the person goes out whole: with every name and contact that the request gives',
    fails: /Reyes-Quill/,
    spoil: (subject) =>
      around(subject, ({ orders }) => ({
        orders: orders && {
          ...orders,
          place: (call, { request, ...rest }) => {
            const { patient } = request;
            const first = patient && { ...patient, lastName: patient.firstName };
            return orders.place(call, { ...rest, request: { ...request, patient: first } });
          },
        },
      })),
  },
  {
    what: 'books again by itself when no answer comes',
    on: 'junction-psc',
    case: 'not booked, and the answer is lost to a reset: unknown, then empty',
    fails: /"is": "held"/,
    spoil: (subject) =>
      around(subject, (right) => ({
        book: (call, booking) =>
          otherwise(right.book(call, booking), 'outcome_unknown', () => right.book(call, booking)),
      })),
  },
  {
    what: 'shows what strangers have',
    on: 'oliver',
    case: 'what strangers have at the same time is neither seen nor returned',
    fails: /"live"/,
    spoil: (subject) =>
      looking(subject, async (seen, where, right, call) => {
        const theirs = await right.lookUp(call, { ...where, request: BEN, ownIds: [] });
        return { ...seen, live: [...seen.live, ...theirs.live] };
      }),
  },
  {
    what: 'sends what was given up',
    on: 'oliver',
    case: 'a write that was given up is not sent',
    fails: /did not fail/,
    spoil: (subject) =>
      around(subject, (right) => ({
        book: (call, booking) => right.book(withoutFence(call), booking),
        cancelAppointment: (call, cancel) => right.cancelAppointment(withoutFence(call), cancel),
      })),
  },
  {
    what: 'does not hear how long it is to wait',
    on: 'oliver',
    case: '429 with Retry-After: retried after as long as was asked, and not sooner',
    fails: /40000/,
    spoil: (subject) =>
      around(subject, (right) => ({
        searchSlots: (call, query) =>
          otherwise(right.searchSlots(call, query), 'rate_limited', () => fail('rate_limited')),
      })),
  },
  {
    what: 'reads times by another clock',
    on: 'oliver',
    case: 'confirmed at once',
    fails: /"startsAt"/,
    spoil: (subject) =>
      around(subject, (right) => ({
        book: async (call, booking) => anHourLater(await right.book(call, booking)),
      })),
  },
  {
    what: 'cancels another visit of the patient',
    on: 'oliver',
    case: 'another visit of the patient is not ours, and stays when ours is cancelled',
    fails: /not\.toContain/,
    spoil: (subject) => {
      let earliest: Appointment | null = null;
      looking(subject, (seen) => {
        const [first] = seen.live.toSorted((a, b) => String(a.startsAt).localeCompare(String(b.startsAt)));
        earliest = first ?? earliest;
        return seen;
      });
      around(subject, (right) => ({
        cancelAppointment: (call, cancel) => {
          const seen = earliest ?? cancel.seen;
          return right.cancelAppointment(call, { ...cancel, appointmentId: seen.id, seen });
        },
      }));
    },
  },
  {
    what: 'takes what is not shown for ended',
    on: 'oliver',
    case: 'an appointment of ours that is not shown is missing: nothing is concluded, and nothing sent',
    fails: /did not fail/,
    spoil: (subject) =>
      looking(subject, (seen, { ownIds }) => {
        const shown = [...seen.live, ...seen.ended].map(({ id }) => id);
        const gone = ownIds.filter((id) => !shown.includes(id));
        const ended = gone.map((id) => ({ ...MADE_UP, id, phase: 'cancelled' as const }));
        return { ...seen, ended: [...seen.ended, ...ended] };
      }),
  },
  {
    what: 'says that it moved an appointment, and did not',
    on: 'junction-psc',
    case: 'a moved appointment stays ours and is the only one; moving it there again changes nothing',
    fails: /"startsAt"/,
    spoil: (subject) =>
      around(subject, () => ({
        reschedule: (_call, { appointmentId, orderId, startsAt, ref }) =>
          Promise.resolve({ ...MADE_UP, id: appointmentId, orderId, startsAt, ref }),
      })),
  },
  {
    what: 'loses the id of what it moved',
    on: 'junction-psc',
    case: 'a moved appointment is cancelled under the id that it has then, and nothing is left',
    fails: /no trace of an appointment/,
    spoil: (subject) =>
      around(subject, ({ reschedule }) => ({
        reschedule:
          reschedule && (async (call, move) => ({ ...(await reschedule(call, move)), id: MADE_UP.id })),
      })),
  },
  {
    what: 'says that it cancelled, and did not',
    on: 'junction-psc',
    case: 'what is cancelled is no longer live',
    fails: /"unknown"/,
    spoil: (subject) => around(subject, () => ({ cancelAppointment: () => Promise.resolve(null) })),
  },
  {
    what: 'calls faster than its account may',
    on: 'oliver',
    case: 'calls that come at once go out no faster than the account’s pace',
    fails: /toBeGreaterThan/,
    spoil: ({ hand }) => {
      if (hand) hand.pace = () => undefined;
    },
  },
];

/** An appointment that no provider has. */
const MADE_UP: Appointment = {
  id: 'made-up',
  orderId: null,
  provider: 'none',
  providerId: null,
  externalId: null,
  type: 'visit',
  status: 'confirmed',
  eventStatus: null,
  phase: 'confirmed',
  startsAt: null,
  endsAt: null,
  timezone: null,
  address: null,
  location: null,
  place: null,
  canReschedule: null,
  ref: null,
  reason: null,
};

function anHourLater(one: Appointment): Appointment {
  const startsAt = one.startsAt && new Date(Date.parse(one.startsAt) + 3_600_000).toISOString();
  return { ...one, startsAt };
}
