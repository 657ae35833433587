import type { FailureCode } from '../../src/booking/failures';

/**
 * What each answer to each write proves, written from the vendors' documents (docs/providers.md, the two OpenAPI
 * documents) and from rule 1 of "nothing is believed that was not read". It imports nothing of src/providers: what is
 * wrong there must not be wrong here too.
 */

/** Every write of every provider. */
export const WRITES = [
  'home/place_order',
  'home/cancel_order',
  'home/book',
  'home/request_visit',
  'home/reschedule',
  'home/cancel_appointment',
  'site/place_order',
  'site/cancel_order',
  'site/book',
  'site/book_with_key',
  'site/reschedule',
  'site/cancel_appointment',
  'oliver/create_appointment',
  'oliver/create_task',
] as const;
export type WriteName = (typeof WRITES)[number];

/**
 * What is to be concluded. `accepted`: the vendor accepted a cancellation, and the read after it still shows it standing.
 * `refused`: unknown, but the vendor refused it in its own error form, so a person is asked at once.
 */
export type Verdict = 'done' | 'accepted' | 'no_effect' | 'refused' | 'unknown';

export interface Expected {
  verdict: Verdict;
  /** The failure or the slot's fate that the documents' "saga does" column asks for; absent where they leave it open. */
  code?: FailureCode;
}

/** The form that an answer's body has. */
export const FORMS = {
  /** The documented shape of success. */
  good: 'success',
  /** The same of a cancellation or a move, whose body shows that nothing has changed. */
  unchanged: 'success',
  /** Junction: `{detail: string}`. */
  detail: 'junction',
  /** Junction: `{detail: array}`. */
  detail_list: 'junction',
  /** Junction: `{error, message, status_code}`. */
  error_message: 'junction',
  /** Oliver: `{success: false, message}`. */
  envelope: 'oliver',
  /** One of Junction's three shapes; but anybody on the way writes plain text. */
  text: 'nobody',
  html: 'nobody',
  half_json: 'nobody',
  empty: 'nobody',
  /** With a `Retry-After`, which gateways send. */
  retry_after: 'nobody',
  /** `{message}`: an API gateway's JSON. */
  gateway_json: 'nobody',
} as const;
export type Form = keyof typeof FORMS;

/** Sentences that the documents have, with the statuses that they come with and the writes that they answer. */
export interface Sentence {
  words: string;
  statuses: readonly number[];
  answers: readonly WriteName[];
  /** Set where the documents name no sentence, only what it speaks of: anybody on the way writes such text. */
  isLoose?: true;
  /** Writes for which the documents leave open whether it answers them: nothing is expected of it there. */
  open?: readonly WriteName[];
  /** What it means; `read`: the provider is read to tell. */
  means: Expected | { read: { standing: Expected; ended: Expected } };
  source: string;
}

const TAKING: readonly WriteName[] = ['home/book', 'site/book', 'site/book_with_key'];
const MOVING: readonly WriteName[] = ['home/reschedule', 'site/reschedule'];
const CANCELLING: readonly WriteName[] = ['home/cancel_appointment', 'site/cancel_appointment'];
const ORDER_CANCELLING: readonly WriteName[] = ['home/cancel_order', 'site/cancel_order'];
/** One table of answers is for all of these; of some sentences it does not say which of them they answer. */
const OF_APPOINTMENTS: readonly WriteName[] = [...TAKING, 'home/request_visit', ...MOVING, ...CANCELLING];
const OF_ORDERS: readonly WriteName[] = [...OF_APPOINTMENTS, ...ORDER_CANCELLING];
const AT_DRAW_SITES: readonly WriteName[] = [
  'site/book',
  'site/book_with_key',
  'site/reschedule',
  'site/cancel_appointment',
];
const TABLE = 'docs/providers.md#answers-of-junction';
const UNDONE = { standing: { verdict: 'accepted' }, ended: { verdict: 'done' } } as const;

export const SENTENCES = {
  slot_gone: {
    words: 'This appointment slot is no longer available. Please choose another one.',
    statuses: [400, 404],
    answers: [...TAKING, ...MOVING],
    open: OF_APPOINTMENTS,
    means: { verdict: 'no_effect', code: 'slot_gone' },
    source: `${TABLE}: 400 (sandbox) or 404 (production)`,
  },
  slot_conflict: {
    words: 'Slot conflict: the slot was booked by somebody else.',
    statuses: [400, 404],
    answers: [...TAKING, ...MOVING],
    open: OF_APPOINTMENTS,
    means: { verdict: 'no_effect', code: 'slot_gone' },
    source: `${TABLE}, and "Slots": any 400/404 on book that names the slot`,
  },
  names_availability: {
    words: 'The resource is not available.',
    statuses: [400, 404],
    answers: [...TAKING, ...MOVING],
    isLoose: true,
    open: OF_APPOINTMENTS,
    means: { verdict: 'no_effect', code: 'slot_gone' },
    source: '"Slots": any 400/404 on book that names the slot, the key or availability',
  },
  names_key: {
    words: 'The key is not valid for this resource.',
    statuses: [400, 404],
    answers: [...TAKING, ...MOVING],
    isLoose: true,
    open: OF_APPOINTMENTS,
    means: { verdict: 'no_effect', code: 'slot_key_invalid' },
    source: '"Slots": the same',
  },
  key_invalid: {
    words: 'Invalid booking key format',
    statuses: [400, 404],
    answers: [...TAKING, ...MOVING],
    open: OF_APPOINTMENTS,
    means: { verdict: 'no_effect', code: 'slot_key_invalid' },
    source: `${TABLE}: search again; "Slots": any 400/404 that names the key`,
  },
  no_requisition: {
    words: 'This order does not have a requisition yet. Please wait for it.',
    statuses: [400],
    answers: [...TAKING, 'home/request_visit'],
    open: OF_APPOINTMENTS,
    means: { verdict: 'no_effect', code: 'order_not_ready' },
    source: `${TABLE}, and "Preconditions"`,
  },
  not_bookable: {
    words: 'Order is not in a state that allows booking an appointment.',
    statuses: [400],
    answers: [...TAKING, 'home/request_visit'],
    open: OF_ORDERS,
    means: { verdict: 'no_effect' },
    source: TABLE,
  },
  not_movable: {
    words: 'Order is not in a state that allows rescheduling the appointment.',
    statuses: [400],
    answers: MOVING,
    open: OF_ORDERS,
    means: { verdict: 'no_effect' },
    source: TABLE,
  },
  not_cancellable: {
    words: 'Order is not in a state that allows cancelling the appointment.',
    statuses: [400],
    answers: CANCELLING,
    open: OF_ORDERS,
    means: { read: { standing: { verdict: 'no_effect' }, ended: { verdict: 'done' } } },
    source: `${TABLE}: read the order, then decide`,
  },
  cannot_move: {
    words: 'This appointment cannot be rescheduled.',
    statuses: [400],
    answers: MOVING,
    means: { verdict: 'no_effect', code: 'cannot_reschedule' },
    source: TABLE,
  },
  already_cancelled: {
    words: 'This appointment has already been cancelled.',
    statuses: [400],
    answers: CANCELLING,
    means: { read: UNDONE },
    source: `${TABLE}: undone only if that shows it ended; rule 2: an accepted cancel`,
  },
  no_transition: {
    words: 'Transition from completed to cancelled is not allowed',
    statuses: [400],
    answers: ORDER_CANCELLING,
    means: {
      read: {
        standing: { verdict: 'no_effect', code: 'order_not_cancellable' },
        ended: { verdict: 'done' },
      },
    },
    source: `${TABLE}: success if cancelled, else a person`,
  },
  no_such_order: {
    words: "This order doesn't exist.",
    statuses: [404],
    answers: [...TAKING, ...MOVING],
    open: OF_ORDERS,
    means: { verdict: 'no_effect' },
    source: `${TABLE}: business failure`,
  },
  not_enabled: {
    words: 'PSC appointment scheduling is not enabled for this team.',
    statuses: [503],
    answers: AT_DRAW_SITES,
    // Closed betas that an account lacks may be refused in words that nobody knows.
    open: OF_APPOINTMENTS,
    means: { verdict: 'no_effect', code: 'feature_not_enabled' },
    source: `${TABLE}: 503 on a PSC call`,
  },
} as const satisfies Record<string, Sentence>;
export type SentenceName = keyof typeof SENTENCES;

/** What an answer is, as far as its meaning goes. */
export interface AnswerFacts {
  status: number;
  form: Form;
  /** A documented sentence that the body has; null: words that nobody documented, or none. */
  sentence: SentenceName | null;
  /** Whether the provider shows what was to be cancelled as standing after the call, or as ended. */
  after: 'standing' | 'ended';
}

/** One row: the first that fits an answer decides. */
interface Row {
  fits: (write: WriteName, answer: AnswerFacts) => boolean;
  is: (write: WriteName, answer: AnswerFacts) => Expected;
  why: string;
}

/** Statuses whose answers have no body, whatever was sent. */
const BODILESS: readonly number[] = [204, 205, 304];

/** A 4xx that proxies and gateways give themselves: the request may have gone through. */
const OF_GATEWAYS: readonly number[] = [407, 408, 425, 499];

const vendorOf = (write: WriteName): 'junction' | 'oliver' =>
  write.startsWith('oliver/') ? 'oliver' : 'junction';
const isOwnForm = (write: WriteName, { form, status }: AnswerFacts): boolean =>
  FORMS[form] === vendorOf(write) && !BODILESS.includes(status);
const isSuccess = ({ status }: AnswerFacts): boolean =>
  status >= 200 && status < 300 && !BODILESS.includes(status);
const always = (expected: Expected) => () => expected;
const isCancel = (write: WriteName): boolean =>
  CANCELLING.includes(write) || ORDER_CANCELLING.includes(write);

const ROWS: readonly Row[] = [
  {
    why: 'a 2xx in the documented shape is done; of a cancellation only what a read shows is',
    fits: (_write, answer) => isSuccess(answer) && answer.form === 'good',
    is: (write, { after }) => {
      if (!isCancel(write) || after === 'ended') return { verdict: 'done' };
      return { verdict: CANCELLING.includes(write) ? 'accepted' : 'unknown' };
    },
  },
  {
    why: '401 and 403 are credentials, or an order of another team, for every operation',
    fits: (write, answer) => [401, 403].includes(answer.status) && isOwnForm(write, answer),
    is: always({ verdict: 'no_effect', code: 'credentials_rejected' }),
  },
  {
    why: 'Junction: 422 {detail} is every operation’s word for a wrong request (HTTPValidationError)',
    fits: (write, { status, form }) =>
      vendorOf(write) === 'junction' && status === 422 && (form === 'detail' || form === 'detail_list'),
    is: always({ verdict: 'no_effect' }),
  },
  {
    why: 'rule 1: a 429 in the vendor’s own form counts as a row; a bare Retry-After does not',
    fits: (write, answer) => answer.status === 429 && isOwnForm(write, answer),
    is: always({ verdict: 'no_effect', code: 'rate_limited' }),
  },
  {
    why: 'a documented refusal of this operation, by its words and status, in one of Junction’s three shapes; in text by its sentence only',
    fits: (write, { sentence, status, form }) => {
      if (sentence === null || vendorOf(write) !== 'junction') return false;
      const { statuses, answers, isLoose }: Sentence = SENTENCES[sentence];
      const isShape = FORMS[form] === 'junction' || (form === 'text' && !isLoose);
      return isShape && statuses.includes(status) && answers.includes(write);
    },
    is: (_write, { sentence, after }) => {
      if (sentence === null) throw new Error('only for a sentence');
      const { means }: Sentence = SENTENCES[sentence];
      return 'read' in means ? means.read[after] : means;
    },
  },
  {
    why: 'Oliver: {success: false} with 400 on create; the fresh list shows nothing new',
    fits: (write, answer) =>
      write === 'oliver/create_appointment' && answer.status === 400 && isOwnForm(write, answer),
    is: always({ verdict: 'no_effect' }),
  },
  {
    why: 'a readable 4xx in the vendor’s error form that no row names (Oliver’s 409 among them), and a success that says otherwise',
    fits: (write, answer) =>
      ((answer.status >= 400 && answer.status < 500) || isSuccess(answer)) &&
      !OF_GATEWAYS.includes(answer.status) &&
      isOwnForm(write, answer),
    is: always({ verdict: 'refused' }),
  },
];

/** What this answer to this write proves. Everything that no row names is unknown. */
export function expectedOf(write: WriteName, answer: AnswerFacts): Expected {
  return ROWS.find((row) => row.fits(write, answer))?.is(write, answer) ?? { verdict: 'unknown' };
}
