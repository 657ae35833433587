import type { BookingView } from '../../../src/booking/schema/view';
import { useWorld, type Lane } from './world';

/** Whole bookings at places whose clocks our zone data do not know, across midnight, and for people as they are written. */

const world = useWorld({
  env: { OLIVER_PRACTICES: 'practice-1=1@America/Vancouver' },
});

const startOf = async ({ appointment }: BookingView): Promise<string> => {
  const { appointments } = await world.rig.sandbox.state();
  return String(appointments.find(({ id }) => id === appointment?.id)?.start_at);
};

describe('the wall clock of the place is the one on the wire', () => {
  test.each<[Lane, string, string, string, string]>([
    // Where the clocks stopped changing in 2026: older data have an hour less in winter.
    ['site', 'America/Vancouver', '-07:00', '09:00-09:20', 'T16:00:00'],
    ['site', 'America/Edmonton', '-06:00', '09:00-09:20', 'T15:00:00'],
    // Contradicts the zone all year round.
    ['home', 'America/Phoenix', '-05:00', '09:00-11:00', 'T14:00:00'],
  ])('%s in %s at %s: %s is %s in UTC', async (lane, name, offset, hours, utc) => {
    await world.rig.sandbox.control('zone', { name, offset });
    const windows = [{ from: '+2d', to: '+9d', hours }];
    const id = await world.start(await world.request(lane, { windows }));
    const view = await world.confirmed(id);
    expect(await startOf(view)).toContain(utc);
    await world.stands(view);
    await world.cancelled(id);
  });

  test('practice: an offset that no clock of its zone has', async () => {
    await world.rig.clinic.control('zone', { offset: '-06:00' });
    const windows = [{ from: '+2d', to: '+9d', hours: '09:00-09:20' }];
    const id = await world.start(await world.request('practice', { windows }));
    const view = await world.confirmed(id);
    expect(view.appointment?.startsAt).toContain('T15:00:00');
    await world.stands(view);
    await world.cancelled(id);
  });

  test.each(['CST', 'EST', 'IST', ''])(
    'home: a zone that is called %p is no zone, and nothing fails',
    async (name) => {
      await world.rig.sandbox.control('zone', { name });
      const windows = [{ from: '+2d', to: '+9d', hours: '09:00-11:00' }];
      const id = await world.start(await world.request('home', { windows, timezone: 'America/Phoenix' }));
      const view = await world.confirmed(id);
      // Phoenix is at -07:00 all year.
      expect(await startOf(view)).toContain('T16:00:00');
      expect(view.appointment?.timezone ?? null).toBeNull();
      await world.stands(view);
    },
  );
});

describe('a slot from 23:30 to 00:30', () => {
  const HOUR_MS = 3_600_000;
  const isHour = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }) =>
    Date.parse(endsAt) - Date.parse(startsAt) === HOUR_MS;

  test.each<[Lane]>([['home'], ['practice']])(
    '%s: joins the end of one wanted day and the next',
    async (lane) => {
      await world.odd(lane, 'midnightSlots');
      const windows = [
        { from: '+2d', to: '+4d', hours: '22:00-24:00' },
        { from: '+3d', to: '+5d', hours: '00:00-02:00' },
      ];
      const id = await world.start(await world.request(lane, { windows }));
      const view = await world.confirmed(id);
      const { startsAt, endsAt } = view.appointment ?? {};
      expect(isHour({ startsAt: String(startsAt), endsAt: String(endsAt) })).toBe(true);
      await world.stands(view);
      await world.cancelled(id);
    },
  );

  test('home: is on offer between two wanted days, and not after the last', async () => {
    await world.odd('home', 'midnightSlots');
    const request = await world.request('home', { windows: [{ from: '+2d', to: '+4d' }] });
    const late = (await world.rig.bookings.searchSlots(request)).filter(isHour);
    expect(late.length).toBeGreaterThanOrEqual(1);
    expect(late.length).toBeLessThanOrEqual(2);
  });
});

describe('people', () => {
  test('practice: ids above 2^53 are kept to the last digit, also by the staff task that cancels', async () => {
    await world.odd('practice', 'bigIds');
    const id = await world.start(await world.request('practice'));
    const view = await world.confirmed(id);
    expect(BigInt(view.appointment?.id ?? '0') > 2n ** 53n).toBe(true);
    await world.stands(view);
    await world.cancelled(id);
    const { staffTasks } = await world.rig.clinic.state();
    expect(JSON.stringify(staffTasks)).toContain(String(view.appointment?.id));
  });

  // Each on days of its own: for a while what another booking lost at the same start may be that one's.
  test.each([
    ['a curly apostrophe', 'Siobhán', 'O’Brien', 'Siobhan', "O'Brien", 2],
    ['a typographic hyphen', 'Jean‐Luc', 'Groß', 'Jean-Luc', 'Gross', 5],
    ['accents as marks of their own', 'Jose\u0301', 'Nu\u0301n\u0303ez', 'José', 'Núñez', 8],
    ['capitals', 'ANA', 'MÜLLER', 'Ana', 'Müller', 11],
  ])(
    'practice: a client on record with %s is found',
    async (_what, first, last, firstName, lastName, day) => {
      const email = `${crypto.randomUUID()}@example.com`;
      const { id: clientId, patientId } = await world.client({
        first_name: first,
        last_name: last,
        email,
        remote_id: null,
        patients: [{ name: 'Biscuit' }],
      });
      await world.odd('practice', 'latin1Answers');
      // The list tells whose it is by names alone, and the answer to the create is lost.
      await world.rig.clinic.fail('create_appointment', { when: 'after', answer: 'reset' });
      const client = { firstName, lastName, email };
      const patient = { id: Number(patientId) };
      const windows = [{ from: `+${day}d`, to: `+${day + 2}d` }];
      const id = await world.start(await world.request('practice', { client, patient, windows }));
      const view = await world.confirmed(id);
      await world.stands(view);
      const { appointments } = await world.rig.clinic.state();
      expect(appointments.filter(({ client_id: of }) => of === clientId)).toHaveLength(1);
      await world.cancelled(id);
    },
  );
});
