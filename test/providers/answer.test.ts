import {
  formOfText,
  meaningOfRead,
  meaningOfWrite,
  type Complaint,
  type Language,
  type RefusalRow,
} from '../../src/providers/answer';

/** A vendor of this test: its errors are `{no: text}`, other objects are foreign. */
const ROWS = [
  {
    source: 'words of one operation',
    operations: ['book'],
    statuses: [400, 503],
    says: /taken/,
    is: 'slot_gone',
  },
  { source: 'words, of no operation', statuses: [404], says: /no order/, is: 'order_not_found' },
  { source: 'an operation without words', operations: ['book'], statuses: [410], is: 'slot_gone' },
  { source: 'a read without words', operations: ['look'], statuses: [410], is: 'order_not_found' },
  { source: 'documented by its form', statuses: [401], forms: ['own'], is: 'credentials_rejected' },
  { source: 'load by its form', statuses: [429], forms: ['own'], is: 'rate_limited' },
  { source: 'open', operations: ['book'], statuses: [409], says: /busy/, is: 'outcome_unknown' },
  { source: 'precise', operations: ['book'], statuses: [400], says: /not my slot/, is: 'unexpected_answer' },
  { source: 'loose', operations: ['book'], statuses: [400], says: /slot/, is: 'slot_gone' },
] as const satisfies RefusalRow[];

const LANGUAGE: Language<RefusalRow> = {
  rows: ROWS,
  complaintOf: (body): Complaint => {
    if (typeof body === 'string') return { text: body, form: formOfText(body) };
    if (body === null) return { text: '', form: 'garbage' };
    const [[name, text] = ['', '']] = Object.entries(body as Record<string, string>);
    return { text, form: name === 'no' ? 'own' : 'foreign' };
  },
};

/** A success is `{id}`. */
const read = (body: unknown) => {
  const isThing = typeof body === 'object' && body !== null && 'id' in body;
  return isThing ? { value: body.id } : null;
};

const answerOf = (status: number, body: unknown) => ({
  status,
  body,
  isReadable: typeof body !== 'string',
  retryAfterMs: 7_000,
});

/** Statuses below 500 that only gateways answer with, but for 429. */
const OF_GATEWAYS = [
  407, 408, 420, 421, 425, 430, 440, 444, 449, 460, 463, 464, 494, 495, 496, 497, 498, 499,
];

/** In one word: `done`, a row's meaning, `unknown` or, for a refusal that nobody understands, `refusal`. */
function write(status: number, body: unknown, operation = 'book'): string {
  const meaning = meaningOfWrite(LANGUAGE, { operation, answer: answerOf(status, body), read });
  if (meaning.is === 'no_effect') return meaning.row.is;
  if (meaning.is === 'done') return 'done';
  expect(meaning.failure).toMatchObject({ code: 'outcome_unknown', facts: { sent: 'yes' } });
  return meaning.failure.facts.isRefusal ? 'refusal' : 'unknown';
}

function readOf(status: number, body: unknown, operation = 'look'): string {
  const meaning = meaningOfRead(LANGUAGE, { operation, answer: answerOf(status, body), read });
  if (meaning.is === 'done') return 'done';
  return meaning.is === 'refused' ? meaning.row.is : meaning.failure.code;
}

describe('a write', () => {
  test.each<[string, number, unknown, string]>([
    ['a 2xx that can be read', 201, { id: 1 }, 'done'],
    ['an empty 2xx', 204, null, 'unknown'],
    ['a 2xx of another shape', 200, { odd: 'taken' }, 'unknown'],
    ["a 2xx in the vendor's own error form", 200, { no: 'taken' }, 'refusal'],
    ['a 2xx that is no JSON', 200, 'taken', 'unknown'],
    ['words that a row names', 400, { no: 'taken' }, 'slot_gone'],
    ['the same in plain text', 400, 'taken', 'slot_gone'],
    ['the same in a page', 400, '<p>taken</p>', 'unknown'],
    ['the same in a foreign form', 400, { message: 'taken' }, 'unknown'],
    ['the same with another status', 404, { no: 'taken' }, 'refusal'],
    ['a 503 that a row names', 503, { no: 'taken' }, 'slot_gone'],
    ['a 503 that no row names', 503, { no: 'sorry' }, 'unknown'],
    ['words of a row that names no operation', 404, { no: 'no order' }, 'refusal'],
    ['the status of a row that has no words', 410, { no: 'gone' }, 'refusal'],
    ['a documented form', 401, { no: 'who?' }, 'credentials_rejected'],
    ['the same status in plain text', 401, 'who?', 'unknown'],
    ['the same status in a foreign form', 401, { message: 'who?' }, 'unknown'],
    ['load in its own form', 429, { no: 'slow down' }, 'rate_limited'],
    ['load in another, with a bare Retry-After', 429, null, 'unknown'],
    ['words that leave the effect open', 409, { no: 'busy' }, 'unknown'],
    ['another conflict', 409, { no: 'clash' }, 'refusal'],
    ['precise words that prove nothing, before loose ones', 400, { no: 'not my slot' }, 'refusal'],
    ['the same in plain text', 400, 'not my slot', 'unknown'],
    ['loose words', 400, { no: 'that slot' }, 'slot_gone'],
    ['a refusal in words of nobody', 400, { no: 'odd' }, 'refusal'],
    ['an empty refusal', 400, null, 'unknown'],
  ])('that is answered by %s', (_what, status, body, meaning) => {
    expect(write(status, body)).toBe(meaning);
  });

  test('is not done by text, whoever could read that', () => {
    const answer = answerOf(200, 'OK');
    const meaning = meaningOfWrite(LANGUAGE, { operation: 'book', answer, read: (value) => ({ value }) });
    expect(meaning.is).toBe('unknown');
  });

  test('is not refused by words of another operation', () => {
    expect(write(400, { no: 'taken' }, 'cancel')).toBe('refusal');
  });

  test.each([408, 425, 499, 300, 302, 304, 500, 502, 504, 520, 599])(
    'is unknown after a %i, whatever its form',
    (status) => {
      for (const body of [{ no: 'taken' }, 'taken', null, { id: 1 }])
        expect(write(status, body)).toBe('unknown');
    },
  );
});

describe('a read', () => {
  test.each<[string, number, unknown, string]>([
    ['a 2xx that can be read', 200, { id: 1 }, 'done'],
    ['garbage', 200, '{"id":', 'provider_unavailable'],
    ['a 2xx of another shape', 200, {}, 'provider_unavailable'],
    ['words that a row names', 404, { no: 'no order' }, 'order_not_found'],
    ['a documented status, in a foreign form', 401, { message: 'who?' }, 'credentials_rejected'],
    ['the same in plain text', 401, 'who?', 'credentials_rejected'],
    ['the same without a word', 401, null, 'credentials_rejected'],
    ['the same in a page', 401, '<html>', 'provider_unavailable'],
    ['the same in JSON that is cut off', 401, '{"no":', 'provider_unavailable'],
    ["a status that would end the booking, in the vendor's form", 410, { no: 'gone' }, 'order_not_found'],
    ['the same in a foreign form', 410, { message: 'gone' }, 'unexpected_answer'],
    ['the same in plain text', 410, 'gone', 'unexpected_answer'],
    ['the same without a word', 410, null, 'provider_unavailable'],
    ['a refusal in words of nobody', 400, { no: 'odd' }, 'unexpected_answer'],
    ['the same in a foreign form', 400, { message: 'odd' }, 'unexpected_answer'],
    ['a page', 404, '<html>', 'provider_unavailable'],
    ['load in any form', 429, null, 'rate_limited'],
    ['a 503', 503, 'busy', 'rate_limited'],
    ...[...OF_GATEWAYS, 302, 500, 502, 504, 520, 530, 561, 598, 599].map(
      (status): [string, number, unknown, string] => [
        `a ${status}`,
        status,
        { no: 'odd' },
        'provider_unavailable',
      ],
    ),
  ])('that is answered by %s', (_what, status, body, meaning) => {
    expect(readOf(status, body)).toBe(meaning);
  });

  test.each([
    [503, 'rate_limited'],
    [408, 'provider_unavailable'],
    [425, 'provider_unavailable'],
    [502, 'provider_unavailable'],
    [529, 'provider_unavailable'],
  ])('says how long a gateway or a loaded provider asks us to wait with a %i', (status, code) => {
    const meaning = meaningOfRead(LANGUAGE, { operation: 'look', answer: answerOf(status, null), read });
    expect(meaning).toMatchObject({ failure: { code, facts: { retryAfterMs: 7_000 } } });
  });

  test.each([200, 302, 404])('keeps no pause that comes with a %i', (status) => {
    const meaning = meaningOfRead(LANGUAGE, { operation: 'look', answer: answerOf(status, '<html>'), read });
    expect(meaning).toMatchObject({ failure: { code: 'provider_unavailable' } });
    expect(meaning).not.toHaveProperty('failure.facts.retryAfterMs', 7_000);
  });
});

describe('an answer whose bytes are no text', () => {
  const illegible = 'a body that is not valid utf-8';
  const said = (status: number) => `HTTP ${status}: ${illegible}`;

  test.each([200, 400, 401, 404, 409, 410, 429, 503])('with %i proves nothing of a write', (status) => {
    const answer = { status, body: null, isReadable: false, illegible };
    const meaning = meaningOfWrite(LANGUAGE, { operation: 'book', answer, read });
    expect(meaning).toMatchObject({
      is: 'unknown',
      failure: { code: 'outcome_unknown', facts: { said: said(status) } },
    });
    expect(meaning).not.toHaveProperty('failure.facts.isRefusal');
  });

  test.each([200, 400, 401, 404, 410])('with %i has a read tried again', (status) => {
    const answer = { status, body: null, isReadable: false, illegible };
    const meaning = meaningOfRead(LANGUAGE, { operation: 'look', answer, read });
    expect(meaning).toMatchObject({
      failure: { code: 'provider_unavailable', facts: { said: said(status) } },
    });
  });
});

test.each([
  ['words', 'plain'],
  ['  <html>', 'garbage'],
  ['', 'garbage'],
  [' \n', 'garbage'],
])('the text %p is %s', (text, form) => {
  expect(formOfText(text)).toBe(form);
});
