import { pino } from 'pino';
import { toAppointment, toOrder, toSlots } from '../../src/providers/junction/parse';
import { utc } from '../../src/providers/junction/times';
import { appointmentWire, availabilityWire, orderWire } from '../../src/providers/junction/wire';
import * as oliver from '../../src/providers/oliver/parse';
import { dayOf, utc as utcAt } from '../../src/providers/oliver/times';
import { appointmentWire as oliverAppointment, openTimesWire } from '../../src/providers/oliver/wire';
import { brief, complaint, timeText, whole } from '../../src/providers/bounded';
import { shortened } from '../../src/providers/http';
import { isWellFormed, lengthOf } from '../../src/booking/text';
import { noticeOnce } from '../../src/providers/once';

/** What a provider sends is carried by a booking for as long as it lives: nothing of it may be of any length. */

const LONG = 'x'.repeat(100_000);
const notice = noticeOnce(pino({ level: 'silent' }));
const ADDRESS = {
  first_line: LONG,
  second_line: LONG,
  city: LONG,
  state: LONG,
  zip: LONG,
  country: LONG,
  access_notes: LONG,
};
const sizeOf = (value: unknown): number => JSON.stringify(value).length;

test('an appointment of long words is small, and its id and times are whole', () => {
  const wire = appointmentWire.parse({
    ...Object.fromEntries(Object.keys(appointmentWire.shape).map((field) => [field, LONG])),
    id: 'a-1',
    address: ADDRESS,
    event_data: { note: LONG },
    events: [],
    start_at: '2026-12-07T16:00:00Z',
  });
  const read = toAppointment(wire, 'o-1', notice);
  expect(sizeOf(read)).toBeLessThan(4_000);
  expect(read).toMatchObject({ id: 'a-1', orderId: 'o-1', startsAt: '2026-12-07T16:00:00.000Z' });
});

test('an id that is too long to be carried makes the answer one that cannot be read', () => {
  expect(appointmentWire.safeParse({ id: LONG }).success).toBe(false);
  expect(orderWire.safeParse({ id: LONG }).success).toBe(false);
});

test('an order of long words is small, and what is too long for a booking’s id is none', () => {
  const wire = orderWire.parse({
    id: 'o-1',
    user_id: LONG,
    passthrough: LONG,
    patient_address: ADDRESS,
    details: { type: LONG },
    last_event: { status: `received.at_home_phlebotomy.${LONG}` },
  });
  const read = toOrder(wire, notice);
  expect(sizeOf(read)).toBeLessThan(4_000);
  expect(read).toMatchObject({ id: 'o-1', passthrough: null, userId: null });
});

test.each([
  ['as long as it may be', 'k'.repeat(2_048), 1],
  ['longer', 'k'.repeat(2_049), 0],
])('a slot whose key is %s is carried whole or passed over', (_what, key, found) => {
  const times = { start: '2026-12-07T16:00:00Z', end: '2026-12-07T18:00:00Z' };
  const location = { name: LONG, code: LONG, address: ADDRESS, iana_timezone: LONG };
  const wire = availabilityWire.parse({ slots: [{ location, slots: [{ booking_key: key, ...times }] }] });
  const slots = toSlots(wire, 'America/Phoenix');
  expect(slots.map((slot) => slot.key)).toEqual(found === 1 ? [key] : []);
  expect(sizeOf(slots)).toBeLessThan(6_000);

  const days = openTimesWire.parse([{ date: '12/07/2026', times: [{ uuid: key, ...times, room_id: LONG }] }]);
  const open = days.flatMap((day) => oliver.toSlots(day, 'America/Chicago'));
  expect(open.map((slot) => slot.key)).toEqual(found === 1 ? [key] : []);
  expect(sizeOf(open)).toBeLessThan(6_000);
});

test('a row of the clinic’s list is small', () => {
  const fields = Object.keys(oliverAppointment.shape).map((field) => [field, LONG]);
  const wire = oliverAppointment.parse({ ...Object.fromEntries(fields), remote_id: 'r-1' });
  const account = {
    baseUrl: 'http://127.0.0.1',
    username: 'u',
    password: 'p',
    locationId: '1',
    timezone: 'America/Chicago',
    capabilities: {},
  };
  const read = oliver.toAppointment(wire, account, notice);
  expect(sizeOf(read)).toBeLessThan(1_000);
  expect(read.id).toBe('r-1');
});

test.each([
  '9999-12-31T23:59:59Z',
  '0001-01-01T00:00:00Z',
  '+011533-01-01T00:00:00Z',
  `2026-12-07T16:00:00Z${LONG}`,
])('a time out of all bounds is none (%#)', (time) => {
  expect(utc(time)).toBeNull();
  expect(utcAt(time, 'UTC')).toBeNull();
  expect(dayOf(time)).toBeNull();
});

describe('text that is cut', () => {
  const FACES = '\u{1F600}'.repeat(2_000);
  const FAMILY = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}';

  test.each<[string, (text: string) => string | null, number]>([
    ['what a provider said', shortened, 300],
    ['a text for people', brief, 200],
    ['a refusal', complaint, 1_000],
  ])('%s is cut between characters and counted by them', (_what, cutText, length) => {
    for (const before of ['', 'x']) {
      const text = cutText(before + FACES) ?? '';
      expect(lengthOf(text)).toBe(length);
      expect(isWellFormed(text)).toBe(true);
      const halves = cutText(`${before}\uD83D`) ?? '';
      expect(halves).toBe(`${before}\uFFFD`);
      expect(cutText('\u{1F600}'.repeat(length))).toBe('\u{1F600}'.repeat(length));
    }
  });

  test('keeps together what a reader takes for one character', () => {
    expect(shortened(`${'x'.repeat(295)}${FAMILY}${'y'.repeat(9)}`)).toBe(`${'x'.repeat(295)}…`);
  });

  test('an id, a key or a time is taken whole or not at all', () => {
    for (const odd of ['a\uD83D', '\uDE00', 'k\uD83Dk']) {
      expect(whole(odd)).toBeNull();
      expect(timeText(odd)).toBeNull();
    }
    expect(whole('k-\u{1F600}')).toBe('k-\u{1F600}');
  });
});
