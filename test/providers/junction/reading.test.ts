import { toAppointment, toOrder, toSlots } from '../../../src/providers/junction/parse';
import { appointmentWire, availabilityWire, orderWire } from '../../../src/providers/junction/wire';
import {
  anAppointment,
  anOrder,
  MOVED_APPOINTMENT,
  ORDER_ID,
  REF,
  SEED_APPOINTMENT,
  SEED_ORDER,
} from './fixtures';

/** The quirks of docs/providers.md#what-comes-back, each on the example that has it. */

const silent = (): void => undefined;

const appointmentOf = (wire: unknown) => toAppointment(appointmentWire.parse(wire), ORDER_ID, silent);
const orderOf = (wire: unknown) => toOrder(orderWire.parse(wire), silent);

describe('an appointment', () => {
  test("the seed's own example reads, although it lacks what its schema requires", () => {
    expect(appointmentOf(SEED_APPOINTMENT)).toEqual({
      id: ORDER_ID,
      orderId: ORDER_ID,
      provider: 'getlabs',
      providerId: 'e89eb489-7382-4966-bb14-7ab4763eba6c',
      externalId: null,
      type: 'phlebotomy',
      status: 'pending',
      eventStatus: null,
      phase: 'pending',
      startsAt: '2023-05-15T16:00:00.000Z',
      endsAt: '2023-05-15T18:00:00.000Z',
      timezone: 'America/Phoenix',
      address: {
        firstLine: 'West Lincoln Street',
        secondLine: '14',
        city: 'Phoenix',
        state: 'AZ',
        zip: '85004',
        country: null,
        accessNotes: null,
      },
      location: { lng: -112.0772235, lat: 33.4421912 },
      place: null,
      canReschedule: true,
      ref: null,
      reason: null,
    });
  });

  test("a webhook's example: no offsets, pending beside scheduled, event_data, its own order id", () => {
    expect(appointmentOf(MOVED_APPOINTMENT)).toMatchObject({
      orderId: MOVED_APPOINTMENT.order_id,
      startsAt: '2022-01-01T00:00:00.000Z',
      status: 'pending',
      eventStatus: 'scheduled',
      phase: 'confirmed',
      reason: 'origin: patient, is_reschedule: true',
    });
  });

  test('no times and no zone yet', () => {
    const seen = appointmentOf(anAppointment({ start_at: null, end_at: null, iana_timezone: null }));
    expect(seen).toMatchObject({ startsAt: null, endsAt: null, timezone: null, phase: 'confirmed' });
  });

  test('the newest event speaks where event_status is missing', () => {
    const events = [
      { created_at: '2022-01-02T00:00:00Z', status: 'cancelled', data: { description: 'weather' } },
      { created_at: '2022-01-01T00:00:00Z', status: 'scheduled' },
    ];
    const seen = appointmentOf(anAppointment({ event_status: undefined, event_data: undefined, events }));
    expect(seen).toMatchObject({
      eventStatus: 'cancelled',
      phase: 'cancelled',
      reason: 'description: weather',
    });
  });

  test('our reference is read from the end of its notes', () => {
    expect(appointmentOf(anAppointment()).ref).toBe(REF);
    expect(appointmentOf(anAppointment({ appointment_notes: 'Please bring photo ID' })).ref).toBeNull();
  });

  test('new words and fields are carried, and told', () => {
    const told: string[] = [];
    const wire = anAppointment({
      status: 'no_show',
      provider: 'newlabs',
      type: 'drone',
      surprise: { a: [1] },
    });
    const seen = toAppointment(
      appointmentWire.parse(wire),
      ORDER_ID,
      (...said) => void told.push(said.join('=')),
    );
    expect(seen).toMatchObject({
      status: 'no_show',
      provider: 'newlabs',
      type: 'drone',
      phase: 'unknown',
    });
    expect(told.sort()).toEqual([
      'appointment.provider=newlabs',
      'appointment.status=no_show',
      'appointment.type=drone',
    ]);
  });

  test('side fields of a shape we do not know count as missing', () => {
    const odd = anAppointment({
      address: 'somewhere',
      location: { lng: 'west' },
      can_reschedule: 'maybe',
      events: [7],
      event_data: 'text',
    });
    expect(appointmentOf(odd)).toMatchObject({
      address: null,
      location: null,
      canReschedule: null,
      reason: null,
    });
  });

  test('without an id it is no appointment', () => {
    expect(appointmentWire.safeParse({ ...SEED_APPOINTMENT, id: undefined }).success).toBe(false);
  });
});

describe('an order', () => {
  test("the seed's example: no last_event, so the newest event counts, not the deprecated status", () => {
    expect(orderOf(SEED_ORDER)).toEqual({
      id: SEED_ORDER.id,
      status: 'collecting_sample.testkit.transit_customer',
      phase: 'collecting',
      kind: 'testkit',
      passthrough: null,
      userId: SEED_ORDER.user_id,
      address: {
        firstLine: '123 Main St.',
        secondLine: 'Apt. 208',
        city: 'San Francisco',
        state: 'CA',
        zip: '91189',
        country: 'United States',
        accessNotes: null,
      },
      dob: '2020-01-01',
      createdAt: '2020-01-01T00:00:00.000Z',
      hasAppointmentSince: null,
    });
  });

  describe('says since when it has an appointment', () => {
    const event = (detail: string, created_at: string | null = '2026-12-02T09:00:00') => ({
      created_at,
      status: `collecting_sample.walk_in_test.${detail}`,
    });
    const sinceOf = (...events: object[]) =>
      orderOf(anOrder('x', { events, last_event: events.at(-1) })).hasAppointmentSince;
    const SCHEDULED = event('appointment_scheduled');

    test.each(['appointment_scheduled', 'appointment_pending'])('by its newest event, %s', (detail) => {
      expect(sinceOf(event('requisition_created'), event(detail))).toBe('2026-12-02T09:00:00.000Z');
    });

    test('by the newest of its events where there is no last one', () => {
      const events = [event('appointment_scheduled', '2026-12-03T09:00:00Z'), event('appointment_cancelled')];
      expect(orderOf(anOrder('x', { events, last_event: null })).hasAppointmentSince).toBe(
        '2026-12-03T09:00:00.000Z',
      );
    });

    test.each(['appointment_cancelled', 'requisition_created', 'draw_completed', 'something_new'])(
      'and not when %s came after it',
      (detail) => {
        expect(sinceOf(SCHEDULED, event(detail, '2026-12-03T09:00:00Z'))).toBeNull();
      },
    );

    test('since it was placed, where the event does not say when it was', () => {
      expect(sinceOf(event('appointment_scheduled', null))).toBe('2026-12-01T08:00:00.000Z');
    });

    test('since long ago, where no time can be read at all', () => {
      const last_event = event('appointment_scheduled', 'soon');
      expect(orderOf(anOrder('x', { last_event, created_at: 'lately' })).hasAppointmentSince).toBe(
        '1970-01-01T00:00:00.000Z',
      );
    });

    test('not by the deprecated status', () => {
      const order = anOrder('x', { events: [], last_event: null, status: 'collecting_sample' });
      expect(orderOf(order).hasAppointmentSince).toBeNull();
    });
  });

  test('last_event wins over events, and both over status', () => {
    const more = { last_event: { status: 'cancelled.at_home_phlebotomy.cancelled' }, status: 'received' };
    expect(orderOf(anOrder('received.at_home_phlebotomy.ordered', more)).phase).toBe('cancelled');
  });

  test('the deprecated status is the last resort', () => {
    const order = orderOf({ ...SEED_ORDER, events: [], status: 'received' });
    expect(order).toMatchObject({ status: 'received', phase: 'received' });
  });

  test.each([
    ['at_home_phlebotomy', 'received.at_home_phlebotomy.ordered'],
    ['walk_in_test', 'received.walk_in_test.requisition_created'],
    ['testkit', 'received.testkit.registered'],
    ['on_site_collection', 'sample_with_lab.on_site_collection.draw_completed'],
  ])('of the modality %s reads, with details.data or without', (kind, status) => {
    expect(orderOf(anOrder(status, { details: { type: kind, data: { id: 'x' } } })).kind).toBe(kind);
    expect(orderOf(anOrder(status, { details: { type: kind, data: null } })).kind).toBe(kind);
    expect(orderOf(anOrder(status, { details: undefined })).kind).toBe(kind);
  });

  test('dob as a date-time, names and address missing', () => {
    const order = orderOf(anOrder('received.at_home_phlebotomy.ordered', { patient_address: null }));
    expect(order).toMatchObject({ dob: '1984-03-09', address: null });
    expect(orderOf(anOrder('received.x.ordered', { patient_details: null })).dob).toBeNull();
  });

  const streets: [string, Record<string, unknown>, string | undefined][] = [
    ['street and number', { street: 'Main St.', street_number: '123' }, '123 Main St.'],
    ['a number that is a number', { street: 'Main St.', street_number: 123 }, '123 Main St.'],
    ['a street that has its number', { street: '123 Main St.', street_number: '123' }, '123 Main St.'],
    ['a street alone', { street: 'Main St.' }, 'Main St.'],
    ['first_line beside street', { first_line: '1 A St', street: 'B St' }, '1 A St'],
    ['no street at all', {}, undefined],
  ];
  test.each(streets)("the seed's other spelling of an address: %s", (_name, lines, firstLine) => {
    const address = { city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US', second_line: '', ...lines };
    const read = orderOf(anOrder('received.x.ordered', { patient_address: address })).address;
    expect(read?.firstLine).toBe(firstLine);
    expect(read?.secondLine ?? null).toBeNull();
  });
});

describe('slots', () => {
  const slot = (more: Record<string, unknown> = {}) => ({
    booking_key: 'k1',
    start: '2026-12-07T16:00:00Z',
    end: '2026-12-07T18:00:00Z',
    expires_at: null,
    price: 99,
    is_priority: false,
    num_appointments_available: 1,
    ...more,
  });
  const slotsOf = (wire: unknown, zone: string | null = null) => toSlots(availabilityWire.parse(wire), zone);

  test('at home: the zone of the answer, no place, no expiry', () => {
    const wire = { slots: [{ date: '2026-12-07', slots: [slot()] }], timezone: 'America/Phoenix' };
    expect(slotsOf(wire, 'America/Denver')).toEqual([
      {
        key: 'k1',
        startsAt: '2026-12-07T16:00:00.000Z',
        endsAt: '2026-12-07T18:00:00.000Z',
        expiresAt: null,
        timezone: 'America/Phoenix',
        price: 99,
        distance: null,
        location: null,
        place: null,
      },
    ]);
  });

  test('at a draw site: the place and its own zone', () => {
    const location = {
      location: { lng: -73.9, lat: 40.7 },
      distance: 3,
      address: { first_line: '1 W 34th St', city: 'New York', state: 'NY', zip_code: '10001' },
      code: 'AJW',
      name: 'Quest - Midtown',
      iana_timezone: 'America/New_York',
    };
    const wire = {
      slots: [{ date: '2026-12-07', location, slots: [slot({ expires_at: '2026-12-01T13:00:00' })] }],
      timezone: 'UTC',
    };
    expect(slotsOf(wire)).toMatchObject([
      {
        expiresAt: '2026-12-01T13:00:00.000Z',
        timezone: 'America/New_York',
        distance: 3,
        location: { lng: -73.9, lat: 40.7 },
        place: { code: 'AJW', name: 'Quest - Midtown', address: { firstLine: '1 W 34th St', zip: '10001' } },
      },
    ]);
  });

  test('the given zone where the provider names none', () => {
    const wire = { slots: [{ date: '2026-12-07', location: null, slots: [slot()] }], timezone: null };
    expect(slotsOf(wire, 'America/Denver')[0]?.timezone).toBe('America/Denver');
  });

  test('those without a key cannot be booked and are left out, as are those without times', () => {
    const slots = [
      slot({ booking_key: null }),
      slot({ start: null }),
      slot({ end: 'later' }),
      slot({ booking_key: 'k2' }),
    ];
    expect(slotsOf({ slots: [{ date: '2026-12-07', slots }] }).map(({ key }) => key)).toEqual(['k2']);
  });
});
