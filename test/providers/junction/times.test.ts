import { toAppointment, toOrder, toSlots } from '../../../src/providers/junction/parse';
import { newestOf } from '../../../src/providers/junction/statuses';
import { dateOf, utc } from '../../../src/providers/junction/times';
import { appointmentWire, availabilityWire, orderWire } from '../../../src/providers/junction/wire';
import { slotsInWindows } from '../../../src/booking/windows';
import { AT_HOME } from './fixtures';
import { junctionStage } from './setup';

/** What was noticed, each field and value once. */
function listener() {
  const said = new Set<string>();
  return { notice: (field: string, value: string) => void said.add(`${field}=${value}`), said };
}

const NOON = '2026-12-07T16:00:00.000Z';

describe('a time', () => {
  test.each([
    ...['2026-12-07T16:00:00Z', '2026-12-07T16:00:00.000Z', '2026-12-07t16:00:00z', '2026-12-07T16:00Z'],
    ...[
      '2026-12-07 16:00:00+00',
      '2026-12-07 16:00:00+0000',
      '2026-12-07 16:00:00+00:00',
      '2026-12-07 16:00:00 +00',
    ],
    ...['2026-12-07 16:00:00', '2026-12-07  16:00:00', '2026-12-07T16:00', '2026-12-07 16:00:00 UTC'],
    ...[
      '2026-12-07T09:00:00-0700',
      '2026-12-07T09:00:00-07',
      '2026-12-07 09:00:00-07:00',
      '2026-12-07T09:00-07:00',
    ],
    ...['2026-12-07T09:00:00\u221207:00', '2026-12-07T21:30:00+05:30', '2026-12-08T06:00:00+14:00'],
    ...[
      '20261207T160000Z',
      '20261207T1600Z',
      '20261207T160000',
      '20261207T090000-0700',
      '20261207T090000-07',
    ],
    ...['2026-12-07T16:00:00,000Z', '2026-12-07T16:00:00.000000000Z', '2026-12-07T16:00:00.0009Z'],
    ...['  2026-12-07T16:00:00Z  ', '\t2026-12-07T16:00:00Z\n', '2026-12-07T15:59:60Z'],
    ...['2026-12-07T09:00:00-07:00[America/Phoenix]', '2026-12-07T16:00:00Z[UTC]'],
    ...['1796659200', '1796659200000', '1796659200.0', '1796659200000.4'],
  ])('%p is read', (given) => {
    const { notice, said } = listener();
    expect(utc(given, { field: 'slot.start', notice })).toBe(NOON);
    expect([...said]).toEqual([]);
  });

  test.each([
    ['2026-12-07T24:00:00Z', '2026-12-08T00:00:00.000Z'],
    ['2026-12-31T23:59:60Z', '2027-01-01T00:00:00.000Z'],
    ['2026-12-07T16:00:00.123456789Z', '2026-12-07T16:00:00.123Z'],
    ['2026-12-07T16:00:00,5Z', '2026-12-07T16:00:00.500Z'],
    ['2026-12-07', '2026-12-07T00:00:00.000Z'],
    ['20261207', '2026-12-07T00:00:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['2026-12-07T16:00:00+14:30', '2026-12-07T01:30:00.000Z'],
  ])('%p is %s', (given, read) => {
    expect(utc(given)).toBe(read);
  });

  test.each([
    ...['2026-12-07T24:00:01Z', '2026-12-07T25:00:00Z', '2026-12-07T16:60:00Z', '2026-12-07T16:00:61Z'],
    ...['2026-02-29T00:00:00Z', '2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-10T00:00:00Z'],
    ...[
      '2026-12-07T16:00:00+25:00',
      '2026-12-07T16:00:00+24:00',
      '2026-12-07T16:00:00+07:60',
      '2026-12-07T16:00:00+7',
    ],
    ...[
      '2026-12-07T16:00:00[America/Phoenix]',
      '2026-12-07T16:00:00 PST',
      '2026-12-07T16:00:00ZZ',
      '2026-12-07T',
    ],
    ...[
      '12/07/2026 16:00',
      'Mon, 07 Dec 2026 16:00:00 GMT',
      'later',
      '16:00',
      '2026',
      '1796659',
      '9999-12-31T23:59:59Z',
    ],
    ...[
      '1999-12-31T23:59:59Z',
      '17966592000000000',
      '-1796659200',
      '1.7966592e12',
      `2026-12-07T16:00:00Z${' '.repeat(90)}`,
    ],
  ])('%p is none, and that is noticed by its field', (given) => {
    const { notice, said } = listener();
    expect(utc(given, { field: 'slot.start', notice })).toBeNull();
    expect([...said]).toEqual(['slot.start=unreadable']);
  });

  test.each([null, undefined, '', '  '])('%p is nothing to notice', (given) => {
    const { notice, said } = listener();
    expect(utc(given, { field: 'slot.start', notice })).toBeNull();
    expect([...said]).toEqual([]);
  });
});

describe('a date of birth', () => {
  test.each([
    ...[
      '1984-03-09',
      ' 1984-03-09 ',
      '1984-03-09T00:00:00',
      '1984-03-09 00:00:00+00',
      '1984-03-09T23:00:00-07:00',
    ],
    ...['19840309', '19840309T000000Z'],
  ])('%p is read as it is written', (given) => {
    expect(dateOf(given)).toBe('1984-03-09');
  });
  test.each([
    '1984-02-30',
    '1984-13-01',
    '03/09/1984',
    '1899-12-31',
    '0001-01-01',
    '1984-03-091',
    '84-03-09',
    '447638400',
  ])('%p is none, and that is noticed without it', (given) => {
    const { notice, said } = listener();
    const order = orderWire.parse({ id: 'o-1', patient_details: { dob: given } });
    expect(toOrder(order, notice).dob).toBeNull();
    expect([...said]).toEqual(['order.patient_details.dob=unreadable']);
  });
});

test('the newest event is told by its time, in whatever form', () => {
  const events = [
    { id: 2, created_at: '2026-12-07 17:00:00+00', status: 'cancelled' },
    { id: 1, created_at: '2026-12-07T16:30:00Z', status: 'scheduled' },
    { id: 3, created_at: 'yesterday', status: 'pending' },
  ];
  const { notice, said } = listener();
  expect(newestOf(appointmentWire.parse({ id: 'a', events }).events, notice)?.status).toBe('cancelled');
  expect([...said]).toEqual(['event.created_at=unreadable']);
});

describe('an offset on the wire', () => {
  const slotsOf = (slot: object, zone: string | null = 'America/Phoenix') => {
    const heard = listener();
    const wire = { slots: [{ slots: [{ booking_key: 'k', ...slot }] }], timezone: zone };
    return { slots: toSlots(availabilityWire.parse(wire), null, heard.notice), said: [...heard.said] };
  };
  const at = (start: string, end: string, zone?: string | null) => slotsOf({ start, end }, zone);

  test.each([
    ['2026-12-07T16:00:00-07:00', '2026-12-07T17:00:00-07:00'],
    ['2026-12-07T23:00:00Z', '2026-12-08T00:00:00+00:00'],
    ['2026-12-07T23:00:00', '2026-12-08T00:00:00-00:00'],
  ])('that the zone has, or UTC, says nothing: %s', (start, end) => {
    const { slots, said } = at(start, end);
    expect([Object.keys(slots[0] ?? {}).includes('offsets'), said]).toEqual([false, []]);
  });

  test('that contradicts the zone is the clock there, and is noticed by zone', () => {
    const { slots, said } = at('2026-12-07T16:00:00-06:00', '2026-12-07T17:00:00-0600');
    expect(slots).toMatchObject([
      { startsAt: '2026-12-07T22:00:00.000Z', offsets: { startsAt: '-06:00', endsAt: '-06:00' } },
    ]);
    expect(said).toEqual(['offset at America/Phoenix=-0600']);
    const window = { from: '2026-12-07', to: '2026-12-07', hours: '16:00-17:00' };
    expect(slotsInWindows(slots, [window], null)).toHaveLength(1);
  });

  test('at the start alone counts for the end, and at the end alone for the start', () => {
    const both = { startsAt: '-06:00', endsAt: '-06:00' };
    expect(at('2026-12-07T16:00:00-06', '2026-12-07T23:00:00Z').slots[0]?.offsets).toEqual(both);
    expect(at('2026-12-07T22:00:00Z', '2026-12-07T17:00:00-06').slots[0]?.offsets).toEqual(both);
  });

  test('may change with the clocks during the slot', () => {
    const [zone, start] = ['America/New_York', '2026-11-01T01:30:00-04:00'];
    expect(at(start, '2026-11-01T01:30:00-05:00', zone).slots[0]?.offsets).toBeUndefined();
    expect(at(start, '2026-11-01T02:30:00-04:00', zone).slots[0]?.offsets).toEqual({
      startsAt: '-04:00',
      endsAt: '-04:00',
    });
  });

  test.each(['+14:30', '+14:15', '-12:30', '-13:00', '+05:17', '+23:00'])(
    'that no place has is not believed: %s',
    (offset) => {
      const { slots, said } = at(`2026-12-07T16:00:00${offset}`, `2026-12-07T17:00:00${offset}`);
      expect([slots.length, slots[0]?.offsets]).toEqual([1, undefined]);
      expect(said).toEqual([`offset=${offset.replace(':', '')}`]);
    },
  );

  test('has no zone to contradict where none is known', () => {
    const { slots, said } = at('2026-12-07T16:00:00-06:00', '2026-12-07T17:00:00-06:00', null);
    expect([slots[0]?.offsets, slots[0]?.timezone, said]).toEqual([undefined, null, []]);
  });

  test('of an appointment is carried as a slot’s is', () => {
    const { notice, said } = listener();
    const wire = appointmentWire.parse({
      id: 'a-1',
      status: 'confirmed',
      start_at: '2026-12-07T16:00:00-06:00',
      end_at: '2026-12-07T17:00:00-06:00',
      iana_timezone: 'America/Phoenix',
    });
    expect(toAppointment(wire, 'o-1', notice)).toMatchObject({
      startsAt: '2026-12-07T22:00:00.000Z',
      offsets: { startsAt: '-06:00', endsAt: '-06:00' },
    });
    expect([...said]).toContain('offset at America/Phoenix=-0600');
  });
});

describe('the zone of a place', () => {
  const zonesOf = (location: string | null, answer: string | null, fallback: string | null) => {
    const { notice, said } = listener();
    const slot = { booking_key: 'k', start: NOON, end: '2026-12-07T17:00:00Z' };
    const wire = { slots: [{ location: { iana_timezone: location }, slots: [slot] }], timezone: answer };
    return [toSlots(availabilityWire.parse(wire), fallback, notice)[0]?.timezone, ...said];
  };
  test('is the site’s, else the answer’s, else the request’s', () => {
    expect(zonesOf('america/denver', 'America/Phoenix', 'UTC')).toEqual(['America/Denver']);
    expect(zonesOf(null, ' America/Phoenix ', 'UTC')).toEqual(['America/Phoenix']);
    expect(zonesOf(null, null, 'Europe/Berlin')).toEqual(['Europe/Berlin']);
  });
  test('is skipped where it may be several, and that is noticed', () => {
    expect(zonesOf('MST', 'America/Phoenix', null)).toEqual(['America/Phoenix', 'slot.iana_timezone=MST']);
    expect(zonesOf(null, 'CST', 'America/Chicago')).toEqual(['America/Chicago', 'availability.timezone=CST']);
  });
  test.each(['Ana_Reyes', 'Reyes', 'Phoenix', '85004', 'Mars/Olympus', 'America/Reyes', 'x'.repeat(100)])(
    'is noticed without what came where that is no word of the zone data: %p',
    (sent) => {
      expect(zonesOf(sent, 'UTC', null)).toEqual(['UTC', 'slot.iana_timezone=unreadable']);
      expect(zonesOf(null, sent, 'UTC')).toEqual(['UTC', 'availability.timezone=unreadable']);
      const { notice, said } = listener();
      const wire = appointmentWire.parse({ id: 'a-1', status: 'confirmed', iana_timezone: sent });
      expect(toAppointment(wire, 'o-1', notice).timezone).toBeNull();
      expect([...said]).toEqual(['appointment.iana_timezone=unreadable']);
    },
  );
  test('of an appointment is null where it may be several', () => {
    const { notice, said } = listener();
    const wire = appointmentWire.parse({ id: 'a-1', status: 'confirmed', iana_timezone: 'IST' });
    expect(toAppointment(wire, 'o-1', notice).timezone).toBeNull();
    expect([...said]).toEqual(['appointment.iana_timezone=IST']);
  });
});

describe('over the wire', () => {
  const stage = junctionStage();
  const search = async (slots: object[]) => {
    const line = 'POST /v3/order/phlebotomy/appointment/availability';
    stage().server.expect(line, { body: { slots: [{ slots }], timezone: 'America/Phoenix' } });
    const found = await stage()
      .provider()
      .searchSlots(stage().call(), {
        days: [{ from: '2026-12-07', to: '2026-12-07' }],
        address: AT_HOME.patient?.address ?? null,
        location: null,
        request: AT_HOME,
      });
    return found.slots;
  };
  const slot = (start: unknown, end: unknown, more: object = {}) => ({
    booking_key: `k-${String(start)}`,
    start,
    end,
    ...more,
  });

  test('two hundred slots whose offset contradicts the zone are warned about once', async () => {
    const slots = Array.from({ length: 200 }, (_, n) =>
      slot('2026-12-07T16:00:00-06:00', '2026-12-07T17:00:00-06:00', { booking_key: `k-${String(n)}` }),
    );
    expect((await search(slots)).every(({ offsets }) => offsets?.startsAt === '-06:00')).toBe(true);
    expect(stage().warned).toEqual([{ field: 'offset at America/Phoenix', value: '-0600' }]);
  });

  test('times in other forms are offered, numbers too; those of none are skipped and noticed once', async () => {
    const good = [
      slot('2026-12-07 16:00:00+00', '2026-12-07 17:00:00+00'),
      slot('20261207T180000Z', '20261207T190000Z'),
      slot(1796673600, 1796677200),
    ];
    const odd = [slot('soon', '2026-12-07T17:00:00Z'), slot('later', '2026-12-07T17:00:00Z')];
    const read = await search([
      ...odd,
      ...good,
      slot('2026-12-07T22:00:00Z', '2026-12-07T23:00:00Z', { expires_at: 'x' }),
    ]);
    expect(read.map(({ startsAt }) => startsAt)).toEqual([
      '2026-12-07T16:00:00.000Z',
      '2026-12-07T18:00:00.000Z',
      '2026-12-07T20:00:00.000Z',
      '2026-12-07T22:00:00.000Z',
    ]);
    expect(stage().warned).toEqual([
      { field: 'slot.start', value: 'unreadable' },
      { field: 'slot.expires_at', value: 'unreadable' },
    ]);
  });
});
