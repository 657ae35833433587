import fc from 'fast-check';
import {
  earlierRequest,
  movedRequest,
  parseForm,
  parseMove,
  parseRequest,
  requestErrors,
} from '../../src/booking/schema/check-request';
import { valueAt } from '../../src/booking/schema/field-error';
import { isWellFormed, lengthOf } from '../../src/booking/text';
import { ADOPTED_PSC, NOW, OLIVER, PLACED_AT_HOME, withValue } from './requests';

/** A request is what its sender means: null is absent, blanks around a text are no part of it, and nothing unseen is in it. */

const at = { now: NOW };
const WITH_NOTES = { ...PLACED_AT_HOME, notes: 'Left arm' };
const NAMED = withValue(OLIVER, 'client', { firstName: 'Bo', lastName: 'Ek', email: 'bo@example.com' });

/** Every field that holds a line, in a request that is right. */
const LINES: [path: string, base: object, value: string][] = [
  ['patient.firstName', PLACED_AT_HOME, 'Ana'],
  ['patient.lastName', PLACED_AT_HOME, 'Reyes'],
  ['patient.address.firstLine', PLACED_AT_HOME, 'West Lincoln Street'],
  ['patient.address.city', PLACED_AT_HOME, 'Phoenix'],
  ['patient.address.state', PLACED_AT_HOME, 'AZ'],
  ['patient.address.zip', PLACED_AT_HOME, '85004'],
  ['reference', PLACED_AT_HOME, 'visit-8812'],
  ['account', PLACED_AT_HOME, 'default'],
  ['site.lab', ADOPTED_PSC, 'quest'],
  ['site.siteCodes.0', withValue(ADOPTED_PSC, 'site', { lab: 'quest', siteCodes: ['A1'] }), 'A1'],
  ['appointmentType', OLIVER, 'wellness'],
  ['client.remoteId', OLIVER, 'C-1001'],
  ['patient.remoteId', OLIVER, 'P-77'],
  ['client.firstName', NAMED, 'Bo'],
  ['client.lastName', NAMED, 'Ek'],
];

const replaced = (base: object, path: string, value: unknown): object => {
  if (path !== 'site.siteCodes.0') return withValue(base, path, value);
  return withValue(base, 'site.siteCodes', [value]);
};
const fieldsOf = (input: unknown): string[] => requestErrors(input, at).map(({ field }) => field);
const PADS = [
  ' ',
  '\t',
  '\n',
  '\u00A0',
  '\u3000',
  '\u200B',
  '\u2060',
  '\uFEFF',
  '\u202A',
  '\u2066',
  '\u2028',
];

describe.each(LINES)('%s', (path, base, value) => {
  test.each(PADS)('is sent without %j around it', (pad) => {
    const padded = replaced(base, path, `${pad}${pad}${value}${pad}`);
    expect(requestErrors(padded, at)).toEqual([]);
    expect(valueAt(parseRequest(padded, at), path)).toBe(value);
    // What tells a repeat is what was meant, too.
    expect(parseForm(padded, at)).toEqual(parseForm(base, at));
  });

  test.each(['', ...PADS, '\u200B \u2060', '\u3164', '\u2800', '\uFE0F'])(
    'is refused as %j: nothing is seen',
    (blank) => {
      expect(fieldsOf(replaced(base, path, blank))).toEqual([path]);
    },
  );

  test.each([
    '\n',
    '\t',
    '\0',
    '\u0085',
    '\u200B',
    '\u200D',
    '\u202E',
    '\u2028',
    '\uFEFF',
    '\u00AD',
    '\u{E0041}',
    '\uFFFD',
    '\uD83D',
  ])('is refused with %j in it', (bad) => {
    const errors = requestErrors(replaced(base, path, `${value}${bad}${value}`), at);
    expect(errors).toEqual([
      { field: path, hint: expect.stringMatching(/control|nobody sees|U\+FFFD|half/) },
    ]);
  });
});

test('spaces of other kinds are plain ones inside of a line', () => {
  const request = withValue(PLACED_AT_HOME, 'patient.address.firstLine', 'West\u00A0Lincoln\u2009Street');
  expect(parseRequest(request, at).patient?.address?.firstLine).toBe('West Lincoln Street');
});

describe('prose', () => {
  test.each(['notes', 'patient.address.accessNotes'])(
    '%s keeps its lines, its emoji and its directions',
    (path) => {
      const text = 'Gate:\r\n\t12\n👨‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 e\u0301 \u2067ש\u2069';
      const parsed = parseRequest(withValue(WITH_NOTES, path, ` \n${text}\u200B \n`), at);
      expect(valueAt(parsed, path)).toBe(text);
    },
  );

  test.each(['notes', 'patient.address.accessNotes', 'patient.address.secondLine'])(
    '%s that says nothing is absent',
    (path) => {
      for (const blank of ['', ' \n', '\u200B', null])
        expect(parseForm(withValue(WITH_NOTES, path, blank), at)).toEqual(
          parseForm(withValue(WITH_NOTES, path, undefined), at),
        );
    },
  );

  test.each(['\0', '\u001B', '\u0085', '\uD800', '\uFFFD'])('is refused with %j in it', (bad) => {
    expect(fieldsOf({ ...WITH_NOTES, notes: `a${bad}b` })).toEqual(['notes']);
  });

  test('is as long as the vendor counts it: 800 characters, however many units they take', () => {
    expect(fieldsOf({ ...WITH_NOTES, notes: '🩸'.repeat(800) })).toEqual([]);
    expect(requestErrors({ ...WITH_NOTES, notes: '🩸'.repeat(801) }, at)).toEqual([
      { field: 'notes', hint: 'Must be at most 800 characters long.' },
    ]);
    expect(fieldsOf(withValue(NAMED, 'client.firstName', '𐐀'.repeat(100)))).toEqual([]);
  });
});

describe('blank is refused where a text must be right when it is there', () => {
  test.each<[string, object]>([
    ['timezone', PLACED_AT_HOME],
    ['patient.remoteId', PLACED_AT_HOME],
    ['patient.address.country', PLACED_AT_HOME],
    ['patient.id', OLIVER],
    ['client.phone', NAMED],
    ['preference', PLACED_AT_HOME],
  ])('%s', (path, base) => {
    for (const blank of ['', ' ', '\u200B\n', '\u0301'])
      expect(requestErrors(withValue(base, path, blank), at)).toEqual([
        { field: path, hint: 'Must not be empty.' },
      ]);
  });
});

describe('an id of the vendor is of 64 bits', () => {
  test.each(['9223372036854775807', '1000000000000000000', '999999999999999999', '0'])('%s is one', (id) => {
    expect(fieldsOf(withValue(OLIVER, 'patient', { id }))).toEqual([]);
  });
  test.each(['9223372036854775808', '9999999999999999999', '10000000000000000000'])('%s is none', (id) => {
    for (const path of ['patient', 'client'])
      expect(requestErrors(withValue(OLIVER, path, { id }), at)).toEqual([
        { field: `${path}.id`, hint: expect.stringContaining('at most 9223372036854775807') },
      ]);
  });
});

describe('a free-form block', () => {
  test.each<[string, string, object]>([
    ['order.extra.a.0.b', 'order.extra', { a: [{ b: 'x\0' }] }],
    ['order.extra.a', 'order.extra', { a: '\u0007' }],
    ['order.extra.a', 'order.extra', { a: '\u0085' }],
    ['order.extra', 'order.extra', { 'k\0': 1 }],
    ['order.extra.a', 'order.extra', { a: { 'k\u001B': 1 } }],
    ['patient.medicalProxy.name', 'patient.medicalProxy', { name: 'A\0' }],
    ['patient.medicalProxy', 'patient.medicalProxy', { 'na\u007Fme': 'A' }],
  ])('is refused by %s for a control character in it', (field, path, block) => {
    expect(requestErrors(withValue(PLACED_AT_HOME, path, block), at)).toEqual([
      { field, hint: expect.stringContaining('control characters') },
    ]);
  });

  test.each(['order.extra', 'patient.medicalProxy'])(
    '%s is passed on as it is, blanks and lines too',
    (path) => {
      const block = { a: ' ', b: '', 'c ': [' x\r\n\ty ', null], d: '\u200D\u0301' };
      expect(valueAt(parseRequest(withValue(PLACED_AT_HOME, path, block), at), path)).toEqual(block);
    },
  );
});

describe('text that is none is refused wherever it is', () => {
  test.each<[string, object]>([
    ['order.extra.a.0.b', withValue(PLACED_AT_HOME, 'order.extra', { a: [{ b: 'x\uD83D' }] })],
    ['order.extra.a', withValue(PLACED_AT_HOME, 'order.extra', { a: { 'k\uDE00': 1 } })],
    [
      'patient.medicalProxy.first_name',
      withValue(PLACED_AT_HOME, 'patient.medicalProxy', { first_name: 'M\uFFFDller' }),
    ],
    ['request', { ...PLACED_AT_HOME, 'x\uD83D': 1 }],
  ])('%s', (field, request) => {
    const errors = requestErrors(request, at);
    expect(errors.map((error) => error.field)).toContain(field);
    expect(isWellFormed(errors.map(({ field, hint }) => field + hint).join(''))).toBe(true);
  });

  test('a slot key is taken as it came, and refused when it is no text', () => {
    const slot = { key: ' k\t', startsAt: '2026-12-07T16:00:00-05:00', endsAt: '2026-12-07T16:20:00-05:00' };
    const { windows: _, ...rest } = OLIVER;
    expect(parseRequest({ ...rest, slot }, at).slot?.key).toBe(' k\t');
    for (const key of ['k\uD83D', 'k\0', '\u0007k', '', ' ', '\u200B\n'])
      expect(fieldsOf({ ...rest, slot: { ...slot, key } })).toEqual(['slot.key']);
  });
});

test('any text in any line is refused with its field and a hint, or is what will be sent, character by character', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('a', ' ', '\u00A0', '\u200B', '\n', '\uD83D', '\uFFFD', '👍', 'e\u0301'),
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...LINES), texts, ([path, base], text) => {
      const request = replaced(base, path, text);
      const errors = requestErrors(request, at);
      if (errors.length > 0) {
        expect(errors).toEqual([{ field: path, hint: expect.stringMatching(/^[A-Z].*\.$/) }]);
        return;
      }
      const sent = String(valueAt(parseRequest(request, at), path));
      expect(isWellFormed(sent)).toBe(true);
      expect(sent.trim()).toBe(sent);
      expect(sent).not.toBe('');
      // Nothing of what can be seen is another character, or missing.
      const seen = (value: string): string => value.replace(/[\p{Z}\p{Cf}\p{Cc}]/gu, '');
      expect(seen(sent)).toBe(seen(text));
      expect(lengthOf(sent)).toBeLessThanOrEqual(200);
    }),
    { numRuns: 1_000 },
  );
});

describe('null', () => {
  const OPTIONAL: [string, object][] = [
    ...[
      'account',
      'reference',
      'slot',
      'preference',
      'notes',
      'tier',
      'timezone',
      'confirmation',
      'policy',
      'limits',
      'client',
      'site',
      'appointmentType',
      'status',
    ].map((path): [string, object] => [path, PLACED_AT_HOME]),
    ...['remoteId', 'id', 'medicalProxy', 'address.secondLine', 'address.country', 'address.accessNotes'].map(
      (path): [string, object] => [`patient.${path}`, PLACED_AT_HOME],
    ),
    ['order.extra', PLACED_AT_HOME],
    ['order', OLIVER],
    ['patient.firstName', OLIVER],
    ['client.phone', OLIVER],
    ['site.siteCodes', ADOPTED_PSC],
    ['policy.onProviderCancel', ADOPTED_PSC],
    ['confirmation.syncTimeoutMs', { ...PLACED_AT_HOME, confirmation: { async: true } }],
    ['limits.maxSlotAttempts', { ...PLACED_AT_HOME, limits: {} }],
  ];
  test.each(OPTIONAL)('in %s is the same request as without it', (path, base) => {
    expect(parseForm(withValue(base, path, null), at)).toEqual(
      parseForm(withValue(base, path, undefined), at),
    );
  });

  test('in a window as well', () => {
    const [window] = PLACED_AT_HOME.windows;
    const windows = [{ from: window?.from, to: window?.to, days: null, hours: null }];
    expect(parseRequest({ ...PLACED_AT_HOME, windows }, at).windows).toEqual([
      { from: window?.from, to: window?.to },
    ]);
  });

  test.each([
    ['provider', PLACED_AT_HOME],
    ['patient.dob', PLACED_AT_HOME],
    ['patient.address.city', PLACED_AT_HOME],
    ['order.onFailure', ADOPTED_PSC],
    ['windows.0.from', PLACED_AT_HOME],
  ])('in %s, which is needed, is missing', (path, base) => {
    const request =
      path === 'windows.0.from'
        ? { ...base, windows: [{ from: null, to: '2026-12-11' }] }
        : withValue(base, path, null);
    expect(requestErrors(request, at)).toEqual([{ field: path, hint: expect.stringMatching(/^Is missing/) }]);
  });

  test('is no way to hide a misspelt field, stays in what is passed on, and is no entry of a list', () => {
    expect(fieldsOf({ ...PLACED_AT_HOME, notez: null })).toEqual(['notez']);
    const extra = { a: null, b: [null] };
    expect(valueAt(parseRequest(withValue(PLACED_AT_HOME, 'order.extra', extra), at), 'order.extra')).toEqual(
      extra,
    );
    expect(fieldsOf(withValue(PLACED_AT_HOME, 'order.labTestIds', [null]))).toEqual(['order.labTestIds.0']);
  });

  test('so an address out of a view can be sent back', () => {
    const shown = { ...PLACED_AT_HOME.patient.address, secondLine: null, country: null, accessNotes: null };
    expect(parseRequest(withValue(PLACED_AT_HOME, 'patient.address', shown), at)).toEqual(
      parseRequest(PLACED_AT_HOME, at),
    );
  });
});

test('what an earlier build took is still read for what it is', () => {
  const taken = withValue(withValue(WITH_NOTES, 'patient.address.city', ' '), 'patient.firstName', 'Ana\n');
  expect(requestErrors(taken, at)).not.toEqual([]);
  expect(earlierRequest({ ...taken, notes: 'x\u0000' }, at)).toMatchObject({ notes: 'x\u0000' });
});

describe('relative days of a move', () => {
  const request = parseRequest(PLACED_AT_HOME, at);
  const move = { windows: [{ from: '+4d', to: '+6d', days: null }] };
  const moved = (receivedAt: string, timezone: string | null) =>
    movedRequest(request, move, { now: NOW, receivedAt: new Date(receivedAt), timezone }).windows;

  test('go to the booking as they are, without what says nothing', () => {
    expect(parseMove(move, at)).toEqual({ windows: [{ from: '+4d', to: '+6d' }], slot: undefined });
    expect(parseMove({ ...move, slot: null }, at)).toEqual(parseMove(move, at));
  });

  test.each([
    ['2026-11-21T06:30:00Z', 'America/Phoenix', '2026-11-24', '2026-11-26'],
    ['2026-11-21T06:30:00Z', 'Asia/Tokyo', '2026-11-25', '2026-11-27'],
    ['2026-11-21T06:30:00Z', null, '2026-11-25', '2026-11-27'],
    ['2026-11-22T06:30:00Z', 'America/Phoenix', '2026-11-25', '2026-11-27'],
  ])('received %s at a place in %s are from %s to %s', (receivedAt, timezone, from, to) => {
    expect(moved(receivedAt, timezone)).toEqual([{ from, to }]);
  });

  test('only the move is checked: what the booking was made of was taken before', () => {
    const taken = { ...request, notes: 'x'.repeat(900) };
    expect(movedRequest(taken, move, { now: NOW, receivedAt: NOW, timezone: null })).toMatchObject({
      notes: taken.notes,
    });
    expect(() => movedRequest(request, {}, { now: NOW, receivedAt: NOW, timezone: null })).toThrow(/windows/);
    const young = { ...request, patient: { ...request.patient, dob: '2026-11-01', medicalProxy: {} } };
    const refused = () =>
      movedRequest(
        { ...young, provider: 'junction-psc' },
        { windows: [{ from: 'x', to: '+3d' }] },
        { now: NOW, receivedAt: NOW, timezone: null },
      );
    expect(refused).toThrow(/windows\.0\.from/);
  });
});
