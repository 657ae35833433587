import { z } from 'zod';
import { Failure, FAILURES } from '../../../src/booking/failures';
import { ERROR_ROWS } from '../../../src/providers/junction/errors';
import { DIALECTS, type JunctionName, type Operation } from '../../../src/providers/junction/operations';
import { replyOf } from '../../../src/providers/junction/session';
import type { Call, Provider } from '../../../src/providers/provider';
import { AT_HOME, AT_SITE, BOOKING_ID, ORDER_ID, REF } from './fixtures';
import { failureOf, junctionStage } from './setup';
import { expectReadOnce } from '../../support/costs';

const stage = junctionStage();

const BOOK = {
  orderId: ORDER_ID,
  slotKey: 'foo123',
  startsAt: '2026-12-07T16:00:00Z',
  before: [],
  ref: REF,
  key: null,
};

/** A refusal in Junction's own form that nobody understands. */
const REFUSAL = 'outcome_unknown, a refusal';

const meaningOf = ({ code, facts }: Failure): string => (facts.isRefusal ? `${code}, a refusal` : code);

/** The failure that an answer is to an operation of visits at home. */
function failureFrom(operation: Operation, status: number, body: unknown): Failure {
  const answer = { status, body, isReadable: typeof body !== 'string' };
  try {
    replyOf({ dialect: DIALECTS['junction-phlebotomy'] }, operation, z.never(), answer);
  } catch (err) {
    if (err instanceof Failure) return err;
    throw err;
  }
  throw new Error('it is no failure');
}
const SEARCH = { days: [{ from: '2026-12-07', to: '2026-12-08' }], location: null };

interface Way {
  provider: JunctionName;
  line: string;
  run(provider: Provider, call: Call): Promise<unknown>;
}

const WAYS = {
  bookAtHome: {
    provider: 'junction-phlebotomy',
    line: `POST /v3/order/${ORDER_ID}/phlebotomy/appointment/book`,
    run: (provider, call) => provider.book(call, { ...BOOK, request: AT_HOME }),
  },
  bookAtSite: {
    provider: 'junction-psc',
    line: `POST /v3/order/${ORDER_ID}/psc/appointment/book`,
    run: (provider, call) => provider.book(call, { ...BOOK, request: AT_SITE }),
  },
  searchAtSite: {
    provider: 'junction-psc',
    line: 'POST /v3/order/psc/appointment/availability',
    run: (provider, call) => provider.searchSlots(call, { ...SEARCH, address: null, request: AT_SITE }),
  },
  searchAtHome: {
    provider: 'junction-phlebotomy',
    line: 'POST /v3/order/phlebotomy/appointment/availability',
    run: (provider, call) =>
      provider.searchSlots(call, { ...SEARCH, address: AT_HOME.patient?.address ?? null, request: AT_HOME }),
  },
  placeOrder: {
    provider: 'junction-phlebotomy',
    line: 'POST /v3/order',
    run: async (provider, call) =>
      provider.orders?.place(call, { bookingId: BOOKING_ID, key: `${BOOKING_ID}/order/1`, request: AT_HOME }),
  },
  reschedule: {
    provider: 'junction-psc',
    line: `PATCH /v3/order/${ORDER_ID}/psc/appointment/reschedule`,
    run: async (provider, call) =>
      provider.reschedule?.(call, { ...BOOK, appointmentId: 'a', request: AT_SITE }),
  },
  cancelOrder: {
    provider: 'junction-phlebotomy',
    line: `POST /v3/order/${ORDER_ID}/cancel`,
    run: async (provider, call) => provider.orders?.cancel(call, ORDER_ID),
  },
  readOrder: {
    provider: 'junction-phlebotomy',
    line: `GET /v3/order/${ORDER_ID}`,
    run: async (provider, call) => provider.orders?.read(call, ORDER_ID),
  },
} as const satisfies Record<string, Way>;

const NO_ORDER = { detail: "This order doesn't exist." };
const SLOT_GONE = 'This appointment slot is no longer available. Please select a new time.';

/** The rows of docs/providers.md#answers-of-junction in an order of their own, then the sentences around it; [row, way, status, body, code]. */
type Row = [string, keyof typeof WAYS, number, unknown, string];
const ROWS: Row[] = [
  ['400 (sandbox) slot no longer available', 'bookAtSite', 400, { detail: SLOT_GONE }, 'slot_gone'],
  ['404 (production) slot no longer available', 'bookAtSite', 404, { detail: SLOT_GONE }, 'slot_gone'],
  ['404 at home, plain text', 'bookAtHome', 404, SLOT_GONE, 'slot_gone'],
  ['404 at home, plain text of a gateway', 'bookAtHome', 404, 'Resource not available', 'outcome_unknown'],
  ['400, plain text that names a slot', 'bookAtSite', 400, 'No such slot', 'outcome_unknown'],
  ['400, plain text that names a key', 'bookAtSite', 400, 'The key is not valid', 'outcome_unknown'],
  ['400 invalid key, plain text', 'bookAtSite', 400, 'Invalid booking key format', 'slot_key_invalid'],
  ['400 slot conflict, plain text', 'bookAtHome', 400, 'Slot conflict', 'slot_gone'],
  ['400 slot conflict', 'bookAtHome', 400, { detail: 'Slot conflict' }, 'slot_gone'],
  ['400 naming availability', 'bookAtHome', 400, { detail: 'No availability at this time' }, 'slot_gone'],
  [
    '400 invalid booking key',
    'bookAtSite',
    400,
    { detail: 'Invalid booking key format' },
    'slot_key_invalid',
  ],
  ['404 naming the key', 'bookAtHome', 404, { detail: 'The key has expired' }, 'slot_key_invalid'],
  [
    '400 no requisition',
    'bookAtHome',
    400,
    { detail: 'This order does not have a requisition yet.' },
    'order_not_ready',
  ],
  [
    '400 order state',
    'bookAtSite',
    400,
    { detail: 'Order is not in a state that allows booking an appointment' },
    'order_not_bookable',
  ],
  [
    '400 cannot be rescheduled',
    'reschedule',
    400,
    { detail: 'This appointment cannot be rescheduled.' },
    'cannot_reschedule',
  ],
  [
    '404 no slots found for zip code',
    'searchAtSite',
    404,
    { detail: 'No slots found for zip code' },
    'area_not_served',
  ],
  [
    '404 no slots found at home',
    'searchAtHome',
    404,
    { detail: 'No slots found for zip code' },
    'area_not_served',
  ],
  [
    '404 no slots found, not all PSCs',
    'searchAtSite',
    404,
    { detail: 'No slots found. Not all PSCs support scheduling appointments' },
    'area_not_served',
  ],
  ['404 order does not exist', 'readOrder', 404, { detail: "This order doesn't exist." }, 'order_not_found'],
  [
    '404 order does not exist, on book',
    'bookAtHome',
    404,
    { detail: "This order doesn't exist." },
    'order_not_found',
  ],
  ['401', 'readOrder', 401, { detail: 'Invalid token' }, 'credentials_rejected'],
  ['403 order of another team', 'bookAtHome', 403, { detail: 'Forbidden' }, 'credentials_rejected'],
  [
    '503 PSC not enabled',
    'bookAtSite',
    503,
    { detail: 'PSC appointment scheduling is not enabled.' },
    'feature_not_enabled',
  ],
  [
    '400 site code not found',
    'searchAtSite',
    400,
    { detail: 'Location with site code ABC not found' },
    'request_refused',
  ],
  [
    '400 site code no longer active',
    'searchAtSite',
    400,
    { detail: 'Location with site code ABC is no longer active' },
    'request_refused',
  ],
  [
    '400 site_codes or zip_code',
    'searchAtSite',
    400,
    { detail: 'site_codes or zip_code must be provided' },
    'request_refused',
  ],
  [
    '400 radius',
    'searchAtSite',
    400,
    { detail: 'radius must be provided when using zip_code' },
    'request_refused',
  ],
  [
    '400 start_date',
    'searchAtSite',
    400,
    { detail: 'start_date must be greater or equal than the current date' },
    'request_refused',
  ],
  [
    '400 more than 3 site codes',
    'searchAtSite',
    400,
    { detail: 'site_codes must be less than or equal to 3' },
    'request_refused',
  ],
  ['422', 'placeOrder', 422, { detail: [{ loc: ['body', 'icd_codes', 0], msg: 'bad' }] }, 'request_refused'],
  ['429', 'readOrder', 429, 'Too Many Requests', 'rate_limited'],
  [
    '429 on a write',
    'bookAtHome',
    429,
    { error: 'Too Many Requests', message: 'slow down', status_code: 429 },
    'rate_limited',
  ],
  ['429 that a gateway gave a write', 'bookAtHome', 429, 'Too Many Requests', 'outcome_unknown'],
  ['429 in another form on a write', 'bookAtHome', 429, { message: 'Too many' }, 'outcome_unknown'],
  ['503 other, on a write', 'bookAtHome', 503, 'upstream overloaded', 'outcome_unknown'],
  ['503 other in its own form, on a write', 'placeOrder', 503, { detail: 'busy' }, 'outcome_unknown'],
  ['503 other, on a read', 'readOrder', 503, 'upstream overloaded', 'rate_limited'],
  [
    '503 not enabled, at home',
    'bookAtHome',
    503,
    { detail: 'This service is not enabled.' },
    'outcome_unknown',
  ],
  ...[408, 425, 499].flatMap((status): Row[] => [
    [`${status} on a write`, 'bookAtSite', status, { detail: 'Timed out' }, 'outcome_unknown'],
    [`${status} on a read`, 'readOrder', status, { detail: 'Timed out' }, 'provider_unavailable'],
  ]),
  ['500 on a write', 'bookAtHome', 500, { detail: 'Internal Server Error' }, 'outcome_unknown'],
  ['502 on a write', 'placeOrder', 502, 'Bad Gateway', 'outcome_unknown'],
  ['504 on a write', 'bookAtSite', 504, '', 'outcome_unknown'],
  ['500 on a read', 'readOrder', 500, '', 'provider_unavailable'],
  [
    'async confirmation refused, 422',
    'bookAtHome',
    422,
    { detail: [{ loc: ['body', 'async_confirmation'], msg: 'Extra inputs are not permitted' }] },
    'feature_not_enabled',
  ],
  [
    'async confirmation refused, 400',
    'bookAtHome',
    400,
    { error: 'Bad Request', message: 'Async confirmation is not available for your team', status_code: 400 },
    'feature_not_enabled',
  ],
  [
    '403 closed beta',
    'bookAtHome',
    403,
    { detail: 'This feature is not enabled for your team' },
    'feature_not_enabled',
  ],
  [
    'an active appointment is not "slot gone"',
    'bookAtHome',
    400,
    { detail: 'Patient already has an active appointment in this slot with getlabs' },
    REFUSAL,
  ],
  ['a conflict that names nothing', 'bookAtHome', 409, { detail: 'Conflict' }, REFUSAL],
  ['a conflict at a draw site', 'bookAtSite', 409, { detail: 'Slot is no longer available' }, REFUSAL],
  ['an order that "does not exist", on placing one', 'placeOrder', 404, NO_ORDER, REFUSAL],
  ['the same on cancelling one', 'cancelOrder', 404, NO_ORDER, 'order_not_found'],
  ['401 of a gateway, on a write', 'bookAtHome', 401, 'Unauthorized', 'outcome_unknown'],
  ['403 of a gateway, on a write', 'cancelOrder', 403, '<html>denied</html>', 'outcome_unknown'],
  ['403 of a gateway, on a read', 'readOrder', 403, '<html>denied</html>', 'provider_unavailable'],
  ['403 in plain text, on a read', 'readOrder', 403, 'Forbidden', 'credentials_rejected'],
  ['422 that is not {detail}', 'placeOrder', 422, { error: 'E', message: 'M', status_code: 422 }, REFUSAL],
  ['422 that is not its own', 'placeOrder', 422, { message: 'bad' }, 'outcome_unknown'],
  [
    "a gateway's page that says unavailable",
    'bookAtHome',
    404,
    '<html>The page is unavailable</html>',
    'outcome_unknown',
  ],
  ['a 404 page, on a read', 'readOrder', 404, '<html>Not found</html>', 'provider_unavailable'],
  ['an empty 400', 'bookAtHome', 400, '', 'outcome_unknown'],
  [
    '409 same key still executing',
    'placeOrder',
    409,
    { detail: 'A request with this idempotency key is in progress' },
    'outcome_unknown',
  ],
  ['a wrong address is no missing order', 'readOrder', 404, { detail: 'Not Found' }, 'unexpected_answer'],
  ['400 that no row names', 'bookAtHome', 400, { detail: 'Sonora Quest says no' }, REFUSAL],
  [
    '400 about an API key is not about the slot key',
    'bookAtHome',
    400,
    { detail: 'Invalid API key' },
    REFUSAL,
  ],
  ['a redirect, on a write', 'bookAtHome', 307, '', 'outcome_unknown'],
  ['a redirect, on a read', 'readOrder', 307, '', 'provider_unavailable'],
  ['an empty 200, on a write', 'cancelOrder', 200, '', 'outcome_unknown'],
  ['a 200 that refuses, on a write', 'cancelOrder', 200, { detail: 'no' }, 'outcome_unknown, a refusal'],
  ['garbage, on a read', 'readOrder', 200, '{"id":', 'provider_unavailable'],
];

test.each(ROWS)('%s', async (_row, wayName, status, body, code) => {
  const way: Way = WAYS[wayName];
  stage().server.expect(way.line, { status, body });
  const failure = await failureOf(way.run(stage().provider(way.provider), stage().call()));
  expect(meaningOf(failure)).toBe(code);
});

test('every row of our table names where it is from and a code of the failure table or a second look', () => {
  for (const row of ERROR_ROWS) {
    expect(row.source).not.toBe('');
    expect([...Object.keys(FAILURES), 'cancelled_before', 'no_appointment']).toContain(row.is);
  }
});

test('rate limits carry the pause that was asked for, in ms', async () => {
  stage().server.expect(WAYS.readOrder.line, { status: 429, headers: { 'retry-after': '12' } });
  const failure = await failureOf(WAYS.readOrder.run(stage().provider(), stage().call()));
  expect(failure.facts.retryAfterMs).toBe(12_000);
});

describe('a 422 names our field and never the value', () => {
  const FIELDS: [Operation, (string | number)[], string][] = [
    ['place_order', ['body', 'patient_details', 'first_name'], 'patient.firstName'],
    ['place_order', ['body', 'patient_details', 'dob'], 'patient.dob'],
    ['place_order', ['body', 'patient_details', 'medical_proxy', 'address', 'zip'], 'patient.medicalProxy'],
    ['place_order', ['body', 'patient_address', 'zip'], 'patient.address.zip'],
    ['place_order', ['body', 'order_set', 'lab_test_ids', 0], 'order.labTestIds'],
    ['place_order', ['body', 'user_id'], 'patient.userId'],
    ['place_order', ['body', 'icd_codes', 0], 'order.extra.icd_codes'],
    ['availability', ['body', 'zip_code'], 'patient.address.zip'],
    ['availability', ['query', 'radius'], 'site.radiusMiles'],
    ['book', ['body', 'appointment_notes'], 'notes'],
  ];

  test.each(FIELDS)('%s %p is %s', (operation, loc, field) => {
    const detail = [{ loc, msg: 'refused', type: 'value_error', input: 'José' }];
    const failure = failureFrom(operation, 422, { detail });
    expect(failure.facts.field).toBe(field);
    expect(failure.message).toContain(field);
    expect(JSON.stringify([failure.message, failure.facts])).not.toContain('José');
  });

  test('a field named in prose only is found too', () => {
    const body = { detail: 'Last name contains characters that are not allowed' };
    const failure = failureFrom('place_order', 422, body);
    expect(failure.facts).toMatchObject({ field: 'patient.lastName', hint: expect.stringContaining('50') });
  });

  test('a place that is no name is not repeated', () => {
    const detail = [{ loc: ['body', 'Ana Reyes'], msg: 'unexpected' }];
    expect(failureFrom('place_order', 422, { detail }).facts.field).toBeUndefined();
  });
});

describe('the provider is quoted, shortened, whatever the shape of its answer', () => {
  const BODIES: [string, unknown, string][] = [
    ['{detail: string}', { detail: 'no idea' }, 'HTTP 418: no idea'],
    [
      '{detail: array}',
      { detail: [{ loc: ['body', 'x'], msg: 'odd' }, 'text', { msg: 'also' }] },
      'HTTP 418: body.x: odd; also',
    ],
    ['{detail: object}', { detail: { message: 'inside' } }, 'HTTP 418: inside'],
    [
      '{error, message, status_code}',
      { error: 'Teapot', message: 'short', status_code: 418 },
      'HTTP 418: Teapot: short',
    ],
    ['plain text', 'just words', 'HTTP 418: just words'],
    ['nothing', null, 'HTTP 418: '],
    ['a list', [1, 2], 'HTTP 418: '],
  ];

  test.each(BODIES)('%s', (_shape, body, said) => {
    expect(failureFrom('book', 418, body).facts.said).toBe(said);
  });

  test('at most 300 characters', () => {
    const failure = failureFrom('book', 418, 'x'.repeat(1_000));
    expect(failure.facts.said).toHaveLength(300);
  });
});

const MEGABYTE = 1_000_000;
const LONG_WORDS = [
  'transition from ',
  'appointment ',
  'not have a ',
  'has an appoint',
  'ref:a/book/1 ',
  ' ',
  'the order 00000000-',
];

/** Bodies of about that many characters, and more where they are nested. */
const LONG_BODIES: ((words: string, length: number) => unknown)[] = [
  (words) => words,
  (words) => ({ detail: words }),
  (words) => ({ error: words, message: words }),
  (words) => ({ detail: [{ loc: [words, words], msg: words }] }),
  (_words, length) => ({ detail: [{ loc: Array(length / 10).fill('body'), msg: 'x' }] }),
  (words, length) => ({ detail: Array(length / 50).fill({ loc: ['body', 'dob'], msg: words.slice(0, 50) }) }),
  (_words, length): unknown => JSON.parse(`${'{"detail":'.repeat(length / 10)}"x"${'}'.repeat(length / 10)}`),
];

test.each(LONG_WORDS)('a megabyte of %j is told apart in one reading, in whatever shape', (piece) => {
  for (const operation of ['cancel_order', 'cancel_appointment', 'place_order'] as const) {
    for (const bodyOf of LONG_BODIES) {
      expectReadOnce((length) => {
        const body = bodyOf(piece.repeat(Math.ceil(length / piece.length)), length);
        expect((failureFrom(operation, 400, body).facts.said ?? '').length).toBeLessThanOrEqual(300);
        return () => failureFrom(operation, 400, body);
      }, MEGABYTE);
    }
  }
});

test('what a long answer says at its beginning still counts', () => {
  const body = { detail: `This appointment slot is no longer available. ${'x'.repeat(MEGABYTE)}` };
  expect(failureFrom('book', 400, body).code).toBe('slot_gone');
});
