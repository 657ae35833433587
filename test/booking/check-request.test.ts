import fc from 'fast-check';
import { Failure } from '../../src/booking/failures';
import { earlierRequest, parseRequest, requestErrors } from '../../src/booking/schema/check-request';
import { ADOPTED_PSC, NOW, OLIVER, PLACED_AT_HOME, withValue } from './requests';

const fieldsOf = (input: unknown, now = NOW): string[] =>
  requestErrors(input, { now }).map((error) => error.field);

const SLOT = { key: 'k', startsAt: '2026-12-07T16:00:00-05:00', endsAt: '2026-12-07T16:20:00-05:00' };

describe('requests that are right', () => {
  const ADOPTED_AT_HOME = {
    provider: 'junction-phlebotomy',
    order: ADOPTED_PSC.order,
    windows: PLACED_AT_HOME.windows,
  };
  const { windows: _, ...SLOT_ONLY } = OLIVER;
  const { windows: __, ...BY_PHONE } = { ...PLACED_AT_HOME, tier: 'request' };

  test.each([
    ['placed at home', PLACED_AT_HOME],
    ['adopted at home, without a patient', ADOPTED_AT_HOME],
    ['adopted at a site', ADOPTED_PSC],
    ['a visit agreed by phone, without windows', BY_PHONE],
    ['a visit agreed by phone, windows beside it', { ...PLACED_AT_HOME, tier: 'request' }],
    ['slots only', { ...PLACED_AT_HOME, tier: 'book' }],
    ['by site codes', withValue(ADOPTED_PSC, 'site', { lab: 'quest', siteCodes: ['A1'] })],
    ['without orders', OLIVER],
    ['one slot', { ...SLOT_ONLY, slot: SLOT }],
    [
      'client by name',
      withValue(OLIVER, 'client', { firstName: 'Bo', lastName: 'Ek', email: 'bo@example.com' }),
    ],
    ['client by number', withValue(OLIVER, 'client', { id: 7 })],
    [
      'accents where no lab forbids them',
      withValue(OLIVER, 'client', { firstName: 'José', lastName: 'Ek', phone: '602 555 0123' }),
    ],
    ['a window that ends today', withValue(OLIVER, 'windows', [{ from: '2026-11-01', to: '2026-11-21' }])],
    ['an afternoon until midnight', withValue(OLIVER, 'windows.0.hours', '13:00-24:00')],
    [
      '18 on the last wanted day',
      withValue(withValue(PLACED_AT_HOME, 'patient.dob', '2008-12-11'), 'patient.medicalProxy', {
        first_name: 'Eva',
      }),
    ],
  ])('%s', (_name, request) => {
    expect(requestErrors(request, { now: NOW })).toEqual([]);
    expect(() => parseRequest(request, { now: NOW })).not.toThrow();
  });

  test('get their defaults', () => {
    expect(parseRequest(PLACED_AT_HOME, { now: NOW })).toMatchObject({
      account: 'default',
      preference: 'earliest',
    });
  });
});

describe('requests that are wrong name the field', () => {
  test.each<[path: string, base: object, value: unknown, field: string, hint: RegExp]>([
    ['provider', PLACED_AT_HOME, 'getlabs', 'provider', /junction-phlebotomy, junction-psc, oliver/],
    ['windows', PLACED_AT_HOME, undefined, 'windows', /windows.*slot/],
    ['slot', PLACED_AT_HOME, SLOT, 'slot', /one of them/],
    ['windows', { ...PLACED_AT_HOME, tier: 'book' }, undefined, 'windows', /windows.*slot/],
    ['slot', { ...PLACED_AT_HOME, tier: 'request' }, SLOT, 'slot', /calls the patient/],
    ['tier', PLACED_AT_HOME, 'walk-in', 'tier', /book, request/],
    ['tier', ADOPTED_PSC, 'book', 'tier', /no meaning for junction-psc/],
    ['tier', OLIVER, 'book', 'tier', /no meaning for oliver/],
    ['windows.0.from', PLACED_AT_HOME, '2026-13-01', 'windows.0.from', /calendar date/],
    ['windows.0.to', PLACED_AT_HOME, '2026-12-01', 'windows.0.to', /not be before from/],
    ['windows', PLACED_AT_HOME, [{ from: '2026-11-01', to: '2026-11-19' }], 'windows.0.to', /in the past/],
    ['windows.0.to', PLACED_AT_HOME, '2027-12-11', 'windows.0.to', /365 days/],
    ['windows.0.hours', PLACED_AT_HOME, '11:00-07:00', 'windows.0.hours', /end after they begin/],
    ['windows.0.hours', PLACED_AT_HOME, '7-11', 'windows.0.hours', /07:00-11:00/],
    ['windows.0.days', PLACED_AT_HOME, ['sat'], 'windows.0.days', /between from and to/],
    ['windows.0.days', PLACED_AT_HOME, ['funday'], 'windows.0.days.0', /mon, tue/],
    ['patient', PLACED_AT_HOME, undefined, 'patient', /userId, firstName.*address/],
    ['patient.gender', PLACED_AT_HOME, undefined, 'patient.gender', /needs it/],
    ['patient.firstName', PLACED_AT_HOME, 'José', 'patient.firstName', /without accents/],
    ['patient.lastName', PLACED_AT_HOME, 'x'.repeat(51), 'patient.lastName', /1 to 50/],
    ['patient.phone', PLACED_AT_HOME, 'ask my mother', 'patient.phone', /7 to 15 digits/],
    ['patient.email', PLACED_AT_HOME, 'ana@', 'patient.email', /e-mail/],
    ['patient.userId', PLACED_AT_HOME, 'ana', 'patient.userId', /UUID/],
    ['patient.dob', PLACED_AT_HOME, '2027-01-01', 'patient.dob', /future/],
    ['patient.dob', PLACED_AT_HOME, '1899-12-31', 'patient.dob', /1900/],
    ['patient.dob', PLACED_AT_HOME, '2008-12-12', 'patient.dob', /at least 18 years old on the day/],
    ['patient.dob', PLACED_AT_HOME, '2008-12-01', 'patient.medicalProxy', /minor/],
    ['patient.address.zip', PLACED_AT_HOME, '8500', 'patient.address.zip', /85004/],
    ['patient.address.state', PLACED_AT_HOME, 'Arizona', 'patient.address.state', /two capital letters/],
    ['patient.address.country', PLACED_AT_HOME, 'CA', 'patient.address.country', /US/],
    ['order', PLACED_AT_HOME, undefined, 'order', /needs it/],
    [
      'order.id',
      PLACED_AT_HOME,
      '413d7205-f8a9-42ed-aa4a-edb99e481ca0',
      'order',
      /either labTestIds.*not both/,
    ],
    ['order', PLACED_AT_HOME, {}, 'order', /not neither/],
    ['order.labTestIds', PLACED_AT_HOME, [], 'order.labTestIds', /empty/],
    ['order.labTestIds.0', PLACED_AT_HOME, 'x', 'order.labTestIds.0', /UUID/],
    ['order', PLACED_AT_HOME, 5, 'order', /either/],
    ['site', PLACED_AT_HOME, ADOPTED_PSC.site, 'site', /no meaning/],
    ['patient.nickname', PLACED_AT_HOME, 'x', 'patient.nickname', /Unknown field/],
    ['reference', PLACED_AT_HOME, 'Ana Reyes', 'reference', /must not identify a patient/],
    ['account', PLACED_AT_HOME, 'a b', 'account', /configured account/],
    ['timezone', PLACED_AT_HOME, 'Mars/Olympus', 'timezone', /IANA/],
    ['timezone', PLACED_AT_HOME, '+02:00', 'timezone', /IANA/],
    ['preference', PLACED_AT_HOME, 'best', 'preference', /earliest, closest, cheapest/],
    ['limits', PLACED_AT_HOME, { maxSlotAttempts: 0 }, 'limits.maxSlotAttempts', /at least 1/],
    ['notes', PLACED_AT_HOME, 'x'.repeat(801), 'notes', /at most 800 characters/],
    ['order.onFailure', ADOPTED_PSC, undefined, 'order.onFailure', /cancel, keep/],
    ['order.id', ADOPTED_PSC, 'x', 'order.id', /UUID/],
    ['site', ADOPTED_PSC, undefined, 'site', /needs it/],
    ['site.radiusMiles', ADOPTED_PSC, undefined, 'site', /zip and radiusMiles/],
    ['site.siteCodes', ADOPTED_PSC, ['A1'], 'site', /not both/],
    ['patient', ADOPTED_PSC, { dob: '2030-01-01' }, 'patient.dob', /future/],
    ['order', OLIVER, ADOPTED_PSC.order, 'order', /no meaning/],
    ['appointmentType', OLIVER, undefined, 'appointmentType', /needs it/],
    ['client', OLIVER, {}, 'client', /exactly one way/],
    ['client.id', OLIVER, 7, 'client', /exactly one way/],
    ['client', OLIVER, { firstName: 'Bo', lastName: 'Ek' }, 'client', /phone or email/],
    ['patient.id', OLIVER, 7, 'patient', /exactly one/],
    ['status', OLIVER, 'DONE', 'status', /REQUESTED, ACCEPTED, CONFIRMED/],
  ])('%s (%#)', (path, base, value, field, hint) => {
    const errors = requestErrors(withValue(base, path, value), { now: NOW });
    expect(errors).toEqual([{ field, hint: expect.stringMatching(hint) }]);
  });

  test.each([[null], [[]], ['{}'], [7], [undefined]])('a request that is no object: %p', (input) => {
    expect(requestErrors(input, { now: NOW })).toEqual([
      { field: 'request', hint: 'Must be a JSON object.' },
    ]);
  });

  test('a slot in the past, and one that ends before it starts', () => {
    const { windows: _, ...rest } = OLIVER;
    const slot = { key: 'k', startsAt: '2026-11-21T11:59:00Z', endsAt: '2026-11-21T11:00:00Z' };
    expect(fieldsOf({ ...rest, slot })).toEqual(['slot.startsAt', 'slot.endsAt']);
  });

  test('all of them at once, each once', () => {
    const spoiled = {
      ...PLACED_AT_HOME,
      windows: [{ from: '2026-12-07' }, { from: '2026-11-01', to: '2026-11-02' }],
      patient: { ...PLACED_AT_HOME.patient, firstName: 'Zoë', dob: 'soon', email: undefined },
      colour: 'red',
    };
    expect(fieldsOf(spoiled).sort()).toEqual(
      ['colour', 'patient.dob', 'patient.email', 'patient.firstName', 'windows.0.to', 'windows.1.to'].sort(),
    );
  });

  test('parseRequest throws the first, without the value', () => {
    const request = withValue(PLACED_AT_HOME, 'patient.firstName', 'Josefína');
    const parse = (): unknown => parseRequest(request, { now: NOW });
    expect(parse).toThrow(Failure);
    expect(parse).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        facts: expect.objectContaining({ field: 'patient.firstName' }) as unknown,
      }),
    );
    expect(parse).not.toThrow(/Josef/);
  });
});

describe('days', () => {
  const today = (windows: object[], timezone?: string): object => ({ ...OLIVER, windows, timezone });

  test('relative days count from today in the zone of the request, else in UTC', () => {
    const lateInUtc = new Date('2026-11-21T23:30:00Z');
    const window = { from: '+0d', to: '+3d' };
    expect(parseRequest(today([window]), { now: lateInUtc }).windows).toEqual([
      { from: '2026-11-21', to: '2026-11-24' },
    ]);
    expect(parseRequest(today([window], 'Europe/Berlin'), { now: lateInUtc }).windows).toEqual([
      { from: '2026-11-22', to: '2026-11-25' },
    ]);
  });

  test('a relative day is checked like any other', () => {
    expect(fieldsOf(today([{ from: '+3d', to: '+1d' }]))).toEqual(['windows.0.to']);
    expect(fieldsOf(today([{ from: '+3d', to: '+999d' }]))).toEqual(['windows.0.to']);
    expect(fieldsOf(today([{ from: '3d', to: '+3 d' }]))).toEqual(['windows.0.from', 'windows.0.to']);
  });

  test('without a zone a day is over only when it is over everywhere', () => {
    const yesterday = [{ from: '2026-11-20', to: '2026-11-20' }];
    expect(fieldsOf(today(yesterday), new Date('2026-11-21T11:59:59Z'))).toEqual([]);
    expect(fieldsOf(today(yesterday), new Date('2026-11-21T12:00:00Z'))).toEqual(['windows.0.to']);
  });

  test('with a zone it is over when its hours are over there', () => {
    const morning = [{ from: '2026-11-20', to: '2026-11-21', hours: '07:00-11:00' }];
    expect(fieldsOf(today(morning, 'America/New_York'), new Date('2026-11-21T15:59:59Z'))).toEqual([]);
    expect(fieldsOf(today(morning, 'America/New_York'), new Date('2026-11-21T16:00:00Z'))).toEqual([
      'windows.0.to',
    ]);
  });
});

test('whatever comes in, the check answers and quotes no text of it', () => {
  const keys = fc.constantFrom(
    'provider',
    'windows',
    'order',
    'patient',
    'slot',
    'from',
    'to',
    'dob',
    'timezone',
    'zip',
    'id',
  );
  const values = fc.letrec((tie) => ({
    any: fc.oneof(
      fc.constant('s3cret-value'),
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
      tie('list'),
      tie('block'),
    ),
    list: fc.array(tie('any'), { maxLength: 3 }),
    block: fc.dictionary(keys, tie('any'), { maxKeys: 6 }),
  }));
  fc.assert(
    fc.property(
      values.any,
      fc.constantFrom({}, PLACED_AT_HOME, ADOPTED_PSC, OLIVER),
      keys,
      (value, base, key) => {
        for (const input of [value, { ...base, [key]: value }]) {
          expect(JSON.stringify(requestErrors(input, { now: NOW }))).not.toContain('s3cret-value');
        }
      },
    ),
  );
});

describe('what a person is called and reached by', () => {
  const valuesFit = (base: object, field: string, values: readonly unknown[]) => {
    const refused = values.filter((value) => fieldsOf(withValue(base, field, value)).length > 0);
    expect(refused).toEqual([]);
  };
  const valuesDoNotFit = (base: object, field: string, values: readonly unknown[], hint: RegExp) => {
    for (const value of values) {
      const errors = requestErrors(withValue(base, field, value), { now: NOW });
      expect([value, errors]).toEqual([value, [{ field, hint: expect.stringMatching(hint) }]]);
    }
  };
  const BY_NAME = withValue(OLIVER, 'client', { firstName: 'Bo', lastName: 'Ek', email: 'bo@example.com' });
  const BY_PHONE = withValue(OLIVER, 'client', { firstName: 'Bo', lastName: 'Ek', phone: '602 555 0123' });

  test.each([
    ['patient.email', PLACED_AT_HOME],
    ['client.email', BY_NAME],
  ])('an e-mail address that can be one is taken: %s', (field, base) => {
    valuesFit(base, field, [
      'smith&sons@example.com',
      'a/b@example.com',
      "o'hara@example.com",
      'x+y@a.museum',
    ]);
    valuesFit(base, field, [
      'anna@müller.example',
      'anna@xn--mller-kva.example',
      'jörg@example.com',
      '用户@例子.广告',
    ]);
    valuesDoNotFit(
      base,
      field,
      ['ana', 'ana@', '@example.com', 'a@b@example.com', 'a b@example.com'],
      /e-mail/,
    );
    valuesDoNotFit(base, field, ['.a@example.com', 'a..b@example.com', 'a@example', 'a@-x.com'], /e-mail/);
  });

  test.each(['patient.firstName', 'patient.lastName'])(
    'a name at Junction may have any typography: %s',
    (field) => {
      valuesFit(PLACED_AT_HOME, field, [
        'O’Brien',
        'Oʼ',
        'O`B',
        'Ann‐Marie',
        'Ek–Berg',
        'Ana\u00a0Maria',
        'Ana\u200b',
        'J',
        'J2',
      ]);
      valuesDoNotFit(
        PLACED_AT_HOME,
        field,
        ['José', 'Jose\u0301', 'Strauß', '“Al”', '’Al', 'A\u00a0 B'],
        /without accents/,
      );
    },
  );

  test.each([
    ['patient.phone', PLACED_AT_HOME],
    ['client.phone', BY_PHONE],
  ])('a phone number must be possible in its country: %s', (field, base) => {
    valuesFit(base, field, [
      '+16025550123',
      '602 555 0123',
      '1 (602) 555-0123',
      '602.555.0123',
      '+11234567890',
    ]);
    valuesFit(base, field, ['+44 20 7946 0958', '0044 20 7946 0958', '011 44 20 7946 0958', '+80012345678']);
    valuesFit(base, field, ['602–555–0123', '602/555-0123', '602•555•0123', 'tel:+16025550123']);
    valuesFit(base, field, ['６０２５５５０１２３', '＋１ ６０２ ５５５ ０１２３']);
    valuesDoNotFit(
      base,
      field,
      ['+1 602 555 01234', '+1602555012', '555-0123', '+999 1234567', '020 7946 0958'],
      /country code/,
    );
    valuesDoNotFit(
      base,
      field,
      ['911', '1-800-FLOWERS', '+1 602 555 0123 or 0124', '++16025550123'],
      /7 to 15 digits/,
    );
  });

  test('an extension goes to a practice, and to no lab: its contract does not show one', () => {
    const extended = [
      '602-555-0123 x12',
      '602-555-0123 ext. 12',
      '602 555 0123 extn 5',
      '+16025550123;ext=5',
    ];
    valuesFit(BY_PHONE, 'client.phone', extended);
    for (const base of [PLACED_AT_HOME, { ...ADOPTED_PSC, patient: PLACED_AT_HOME.patient }])
      valuesDoNotFit(base, 'patient.phone', extended, /without an extension/);
  });

  test('a visit at home cannot be made to a post office box, whichever line has it', () => {
    const boxes = [
      'PO Box 12',
      'p.o. box 12',
      'P O Box 12',
      'POB 12',
      'Post Office Box 9',
      'Ｐ.Ｏ.\u00a0Box #12',
      'Apartado 12',
    ];
    for (const line of ['firstLine', 'secondLine'])
      valuesDoNotFit(PLACED_AT_HOME, `patient.address.${line}`, boxes, /street address/);
    valuesFit(PLACED_AT_HOME, 'patient.address.firstLine', [
      'Poboxer Street',
      '12 Box Canyon Rd',
      'RR 2 Box 152',
    ]);
    valuesDoNotFit(PLACED_AT_HOME, 'patient.address.firstLine', ['Box 12'], /street address/);
    valuesFit(PLACED_AT_HOME, 'patient.address.secondLine', ['Box 12', 'Apt. 208', 'Unit B', '']);
    const split = withValue(PLACED_AT_HOME, 'patient.address.secondLine', 'Box 12');
    valuesDoNotFit(split, 'patient.address.firstLine', ['P.O.', 'Post Office'], /street address/);
    valuesFit(split, 'patient.address.firstLine', ['RR 2']);
    valuesFit({ ...ADOPTED_PSC, patient: PLACED_AT_HOME.patient }, 'patient.address.firstLine', boxes);
  });

  test('the one country that is served may be written in any usual way', () => {
    valuesFit(PLACED_AT_HOME, 'patient.address.country', ['US', 'us', 'USA', 'U.S.A.', 'United States']);
    valuesDoNotFit(PLACED_AT_HOME, 'patient.address.country', ['CA', 'Mexico', 'UM'], /US/);
  });
});

test('the pattern for names accepts what Junction documents, and no name takes long', () => {
  const documented = /^([a-zA-Z0-9]{1})([a-zA-Z0-9-.,']*(\s[a-zA-Z0-9-.,']+)*[a-zA-Z0-9-.,']?)$/;
  const errorsOf = (name: string): string[] => fieldsOf(withValue(PLACED_AT_HOME, 'patient.firstName', name));
  const names = fc.string({
    unit: fc.constantFrom('a', 'Z', '0', '-', '.', ',', "'", ' ', 'é', '@'),
    maxLength: 9,
  });
  fc.assert(
    fc.property(names, (name) => {
      expect(errorsOf(name)).toEqual(documented.test(name.trim()) ? [] : ['patient.firstName']);
    }),
    { examples: [['Dr. Smith'], ["O'Connor"], [' John'], ['John '], ['-John'], ['']] },
  );
  expect(errorsOf(`${'a '.repeat(10_000)}@`)).toEqual(['patient.firstName']);
});

const MANY_FIELDS = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`k${n}`, n]));
const LONG = 'x'.repeat(3_000);
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
const bySlot = (slot: object) =>
  withValue(withValue(OLIVER, 'windows', undefined), 'slot', { ...SLOT, ...slot });
const limited = (limits: object) => ({ ...PLACED_AT_HOME, limits });

describe('what is out of bounds names the field', () => {
  test.each<[field: string, request: object]>([
    ...[
      'patient.address.firstLine',
      'patient.address.secondLine',
      'patient.address.city',
      'patient.address.state',
      'patient.address.country',
      'patient.address.accessNotes',
      'patient.firstName',
      'patient.lastName',
      'patient.phone',
      'patient.email',
      'notes',
      'timezone',
      'reference',
      'account',
    ].map((field): [string, object] => [field, withValue(PLACED_AT_HOME, field, LONG)]),
    ['patient.email', withValue(PLACED_AT_HOME, 'patient.email', `${'a'.repeat(300)}@example.com`)],
    [
      'order.labTestIds',
      withValue(PLACED_AT_HOME, 'order.labTestIds', Array(51).fill(PLACED_AT_HOME.order.labTestIds[0])),
    ],
    ['order.extra', withValue(PLACED_AT_HOME, 'order.extra', { a: 'x'.repeat(17_000) })],
    ['order.extra', withValue(PLACED_AT_HOME, 'order.extra', nested(7))],
    ['order.extra', withValue(PLACED_AT_HOME, 'order.extra', MANY_FIELDS)],
    ['patient.medicalProxy', withValue(PLACED_AT_HOME, 'patient.medicalProxy', { a: 'é'.repeat(9_000) })],
    ['patient.medicalProxy', withValue(PLACED_AT_HOME, 'patient.medicalProxy', nested(7))],
    ['site.lab', withValue(ADOPTED_PSC, 'site.lab', LONG)],
    ['site.radiusMiles', withValue(ADOPTED_PSC, 'site.radiusMiles', 1e15)],
    ['client.remoteId', withValue(OLIVER, 'client.remoteId', LONG)],
    ['patient.remoteId', withValue(OLIVER, 'patient.remoteId', LONG)],
    ['client.id', withValue(OLIVER, 'client', { id: 2 ** 53 })],
    ['patient.id', withValue(OLIVER, 'patient', { id: 1e300 })],
    ['appointmentType', withValue(OLIVER, 'appointmentType', LONG)],
    ['windows.0.days', withValue(OLIVER, 'windows.0.days', Array(8).fill('mon'))],
    ['windows.0.from', withValue(OLIVER, 'windows.0.from', '0001-01-01')],
    ['windows.0.to', withValue(OLIVER, 'windows.0.to', '9999-12-31')],
    ['slot.key', bySlot({ key: LONG })],
    ['slot.startsAt', bySlot({ startsAt: '9999-12-07T16:00:00Z', endsAt: '9999-12-07T16:20:00Z' })],
    ['slot.endsAt', bySlot({ endsAt: '2026-12-10T16:00:00Z' })],
    ['limits.settleWithinMs', limited({ settleWithinMs: 9e15 })],
    ['limits.settleWithinMs', limited({ settleWithinMs: 400 * 86_400_000 + 1 })],
    ['limits.confirmTimeoutMs', limited({ confirmTimeoutMs: 3e14 })],
    ['limits.maxSlotAttempts', limited({ maxSlotAttempts: 51 })],
  ])('%s', (field, request) => {
    const errors = requestErrors(request, { now: NOW });
    expect(errors.map((error) => error.field)).toContain(field);
    expect(errors.filter((error) => error.field === field)).toHaveLength(1);
  });

  test.each<[string, object]>([
    ['400 days', limited({ settleWithinMs: 400 * 86_400_000, confirmTimeoutMs: 400 * 86_400_000 })],
    ['50 attempts', limited({ maxSlotAttempts: 50 })],
    ['a free-form block of 16 KiB', withValue(PLACED_AT_HOME, 'order.extra', { a: 'x'.repeat(16_300) })],
    ['six levels', withValue(PLACED_AT_HOME, 'order.extra', nested(6))],
    ['a slot far ahead', bySlot({ startsAt: '2199-11-20T16:00:00Z', endsAt: '2199-11-20T17:00:00Z' })],
  ])('and not what is just within: %s', (_what, request) => {
    expect(requestErrors(request, { now: NOW })).toEqual([]);
  });
});

describe('a request as a whole', () => {
  /** Right but for its size: a field that nobody knows would be told too. */
  const sized = (bytes: number): object => {
    const empty = { ...PLACED_AT_HOME, x: '' };
    return { ...empty, x: 'x'.repeat(bytes - JSON.stringify(empty).length) };
  };

  test('is at most 64 KiB as JSON, counted in bytes', () => {
    expect(fieldsOf(sized(65_536))).toEqual(['x']);
    expect(fieldsOf(sized(65_537))).toEqual(['request']);
    expect(fieldsOf({ ...PLACED_AT_HOME, x: 'é'.repeat(33_000) })).toEqual(['request']);
  });

  test('is not nested for ever, and says so without running out of stack', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`);
    expect(fieldsOf({ ...PLACED_AT_HOME, x: deep })).toEqual(['request']);
    expect(() => parseRequest({ ...PLACED_AT_HOME, x: deep }, { now: NOW })).toThrow(Failure);
  });
});

describe('a request that was taken before', () => {
  test('is read whatever bounds came later, with its defaults', () => {
    const earlier = { ...withValue(PLACED_AT_HOME, 'notes', LONG), limits: { settleWithinMs: 9e12 } };
    expect(earlierRequest(earlier, { now: NOW })).toMatchObject({
      notes: LONG,
      account: 'default',
      preference: 'earliest',
    });
    expect(earlierRequest(PLACED_AT_HOME, { now: NOW })).toEqual(parseRequest(PLACED_AT_HOME, { now: NOW }));
  });

  test('is read with its relative days, which a plain client may have sent', () => {
    const relative = withValue(PLACED_AT_HOME, 'windows', [{ from: '+2d', to: '+9d' }]);
    expect(earlierRequest(relative, { now: NOW })).toEqual(parseRequest(relative, { now: NOW }));
  });

  test.each([null, 'text', { provider: 'nobody' }, withValue(PLACED_AT_HOME, 'notes', 7)])(
    'and not what is no request: %p',
    (input) => expect(earlierRequest(input, { now: NOW })).toBeNull(),
  );
});
