import type { Appointment, AppointmentPhase } from '../../src/booking/model';
import { toAppointment } from '../../src/providers/junction/parse';
import { appointmentWire } from '../../src/providers/junction/wire';
import { eventually, type Trial } from '../conformance/desk';
import type { Exchange } from '../conformance/recorder';
import {
  bookFirst,
  placeOrder,
  startReceiver,
  until,
  type Answer,
  type Junction,
} from '../sandbox/junction-client';
import { atStand, KEY, type Stand } from './junction';

/** The seed page "book appointment" (at home): each field and rule, and the check that exercises it. */

export type Check = () => Promise<void>;

const sync = 'sync_confirmation_timeout_millisecond';
const async = 'async_confirmation_timeout_millisecond';

/** The book call that the adapter makes for a request with this confirmation, and what became of it. */
async function booked(
  { desk, recorder }: Stand,
  confirmation?: NonNullable<Trial['request']['confirmation']>,
): Promise<{ sent: Exchange; trial: Trial; answer: Awaited<ReturnType<Trial['book']>> }> {
  const trial = await desk.open(desk.subject.request({ confirmation }));
  const answer = await trial.book();
  const sent = recorder.exchanges.find(({ path }) => path.endsWith('/book'));
  if (!sent) throw new Error('no book call was made');
  return { sent, trial, answer };
}

const rawBook = async (junction: Junction, more: Record<string, unknown>): Promise<Answer> =>
  bookFirst(junction, await placeOrder(junction), more);

/** The sandbox takes these values of a field, null and nothing, and refuses those. */
const inRange =
  (field: string, good: readonly number[], bad: readonly number[]): Check =>
  () =>
    atStand(async ({ junction }) => {
      const taken = [...good, null, undefined].map((value) => ({ value, status: 200 }));
      for (const { value, status } of [...taken, ...bad.map((one) => ({ value: one, status: 422 }))]) {
        const answer = await rawBook(junction, { async_confirmation: true, [field]: value });
        expect([field, value, answer.status]).toEqual([field, value, status]);
      }
    });

const sends =
  (field: string, value: unknown): Check =>
  () =>
    atStand(async (stand) => {
      const confirmation = { async: true, syncTimeoutMs: 1_500, asyncTimeoutMs: 70_000 };
      expect((await booked(stand, confirmation)).sent.body).toMatchObject({ [field]: value });
    });

const inTurn =
  (...checks: Check[]): Check =>
  async () => {
    for (const check of checks) await check();
  };

const leftOutWithoutAsync: Check = () =>
  atStand(async (stand) => {
    const { sent, answer } = await booked(stand, {
      async: false,
      syncTimeoutMs: 1_000,
      asyncTimeoutMs: 60_000,
    });
    expect(Object.keys(sent.body as object).sort()).toEqual(['appointment_notes', 'booking_key']);
    expect(answer).toMatchObject({ is: 'held', appointment: { phase: 'confirmed' } });
    const raw = await rawBook(stand.junction, { [sync]: 1_000, [async]: 60_000 });
    expect(raw.body).toMatchObject({ status: 'confirmed' });
  });

const NEVER = { mode: 'never' };
const PATIENT = { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 172_800_000 };

const pendingWithAsync: Check = () =>
  atStand(async (stand) => {
    await stand.junction.control('confirmation', NEVER);
    const { answer } = await booked(stand, PATIENT);
    expect(answer).toMatchObject({ is: 'held', appointment: { phase: 'pending', status: 'pending' } });
  });

const settlesAfterwards: Check = () =>
  atStand(async (stand) => {
    await stand.junction.control('confirmation', { mode: 'async', afterMs: 50 });
    const { trial } = await booked(stand, PATIENT);
    await eventually(trial.look, ({ live }) => live[0]?.phase === 'confirmed');
    await stand.junction.control('confirmation', { mode: 'reserve' });
    const reserved = await stand.desk.open(stand.desk.subject.request({ confirmation: PATIENT }));
    expect((await reserved.held()).phase).toBe('reserved');
  });

/** Without `asyncTimeoutMs` the default of 15 minutes counts: 900 ms on the sandbox's clock. */
const cancelledInTheEnd =
  (asyncTimeoutMs?: number): Check =>
  () =>
    atStand(async (stand) => {
      await stand.junction.control('confirmation', NEVER);
      const began = Date.now();
      const { trial } = await booked(stand, { async: true, asyncTimeoutMs });
      const { ended } = await eventually(trial.look, ({ live }) => live.length === 0);
      expect(ended).toMatchObject([{ phase: 'cancelled', reason: expect.stringContaining('timeout') }]);
      expect(Date.now() - began).toBeGreaterThanOrEqual((asyncTimeoutMs ?? 900_000) / 1_000);
    });

const webhooksCome: Check = async () => {
  const receiver = await startReceiver();
  await atStand(
    async (stand) => {
      await stand.junction.control('confirmation', { mode: 'async', afterMs: 20 });
      await booked(stand, PATIENT);
      const said = (): unknown[] =>
        receiver.received
          .filter(({ type }) => type === 'labtest.appointment.updated')
          .map(({ data }) => data.status);
      const statuses = await until(
        () => Promise.resolve(said()),
        (all) => all.includes('confirmed'),
      );
      expect(statuses).toContain('confirmed');
    },
    { webhookUrl: receiver.url },
  );
  await receiver.close();
};

const unconfirmedIs500: Check = () =>
  atStand(async (stand) => {
    await stand.junction.control('confirmation', NEVER);
    expect((await rawBook(stand.junction, {})).status).toBe(500);
    await stand.junction.control('confirmation', NEVER);
    expect((await booked(stand)).answer).toMatchObject({ is: 'unknown' });
  });

const closedBeta: Check = () =>
  atStand(async (stand) => {
    await stand.junction.control('account', { asyncConfirmation: 'refused' });
    await expect(booked(stand, PATIENT)).rejects.toMatchObject({ type: 'feature_not_enabled' });
  });

/** An appointment by the page, and one field of it replaced, as the adapter reads it. */
const read = (field: string, value: unknown): Appointment =>
  toAppointment(
    appointmentWire.parse({ ...PLAIN, [field]: value }),
    'the order of the path',
    () => undefined,
  );

const PLAIN = { id: 'appointment-1', status: 'pending', event_status: 'pending' };

/** The field arrives in the domain; missing, null and malformed it breaks nothing; the sandbox answers it. */
const arrives =
  (field: string, value: unknown, is: Partial<Appointment>): Check =>
  () =>
    atStand(async ({ junction }) => {
      expect(read(field, value)).toMatchObject(is);
      for (const odd of [undefined, null, { odd: 1 }].slice(field === 'id' ? 3 : 0))
        expect(read(field, odd).id).toBe('appointment-1');
      expect((await rawBook(junction, {})).body).toHaveProperty(field);
    });

const member =
  (field: 'status' | 'event_status', word: string, phase: AppointmentPhase): Check =>
  async () => {
    const other = field === 'status' ? 'event_status' : 'status';
    expect(read(field, word)[field === 'status' ? 'status' : 'eventStatus']).toBe(word);
    const alone = appointmentWire.parse({ ...PLAIN, [other]: undefined, [field]: word });
    expect(toAppointment(alone, 'order', fail).phase).toBe(phase);
  };

const knownWord =
  (field: 'type' | 'provider', word: string): Check =>
  async () => {
    const wire = appointmentWire.parse({ ...PLAIN, type: 'phlebotomy', provider: 'getlabs', [field]: word });
    expect(toAppointment(wire, 'order', fail)[field]).toBe(word);
  };

/** A word of the page must not be told to the log as unknown. */
function fail(field: string, value: string): void {
  throw new Error(`${field} ${value} is on the page and not known`);
}

const openEnums: Check = async () => {
  for (const field of ['type', 'provider', 'status', 'event_status'] as const) {
    const seen = read(field, 'awaiting_moonrise');
    expect(Object.values(seen)).toContain('awaiting_moonrise');
    expect(seen.phase).toBe(field.endsWith('status') ? 'unknown' : 'pending');
  }
};

const utcTimes: Check = async () => {
  const forms = ['2023-05-15T16:00:00+00:00', '2023-05-15T16:00:00', '2023-05-15T16:00:00Z'];
  for (const form of forms) {
    expect(Date.parse(read('start_at', form).startsAt ?? '')).toBe(Date.parse('2023-05-15T16:00:00Z'));
    expect(Date.parse(read('end_at', form).endsAt ?? '')).toBe(Date.parse('2023-05-15T16:00:00Z'));
  }
};

const ADDRESS = {
  first_line: 'West Lincoln Street',
  city: 'Phoenix',
  state: 'AZ',
  zip_code: '85004',
  unit: '14',
};
const EVENT = { created_at: '2023-05-15T16:00:00+00:00', status: 'scheduled' };
const START = { startsAt: '2023-05-15T16:00:00.000Z' };

export const BOOK_FIELDS: Readonly<Record<string, Check>> = {
  'header.x-vital-api-key': () =>
    atStand(async (stand) => {
      expect((await booked(stand)).sent.headers['x-vital-api-key']).toBe(KEY);
      const headers = { 'x-vital-api-key': 'nonsense' };
      expect((await stand.junction.call('GET', '/v3/orders', undefined, headers)).status).toBe(401);
    }),
  'path.order_id': () =>
    atStand(async (stand) => {
      const { sent, trial } = await booked(stand);
      expect(sent.path).toBe(`/v3/order/${trial.order?.id ?? ''}/phlebotomy/appointment/book`);
    }),
  'body.booking_key': () =>
    atStand(async (stand) => {
      const { sent, trial } = await booked(stand);
      expect(sent.body).toMatchObject({ booking_key: trial.slot().key });
      expect((await rawBook(stand.junction, { booking_key: undefined })).status).toBe(422);
    }),
  'body.async_confirmation': inTurn(sends('async_confirmation', true), leftOutWithoutAsync),
  [`body.${sync}`]: inTurn(sends(sync, 1_500), inRange(sync, [1_000, 10_000], [999, 10_001])),
  [`body.${async}`]: inTurn(
    sends(async, 70_000),
    inRange(async, [60_000, 172_800_000], [59_999, 172_800_001]),
  ),
  'response.id': arrives('id', 'appointment-2', { id: 'appointment-2' }),
  'response.user_id': arrives('user_id', 'user-1', { id: 'appointment-1' }),
  'response.order_id': inTurn(arrives('order_id', 'order-1', { orderId: 'order-1' }), async () =>
    expect(read('order_id', undefined).orderId).toBe('the order of the path'),
  ),
  'response.address': arrives('address', ADDRESS, {
    address: expect.objectContaining({ firstLine: 'West Lincoln Street', secondLine: '14', zip: '85004' }),
  }),
  'response.location': arrives(
    'location',
    { lng: -112.07, lat: 33.44 },
    { location: { lng: -112.07, lat: 33.44 } },
  ),
  'response.start_at': arrives('start_at', '2023-05-15T16:00:00+00:00', START),
  'response.end_at': arrives('end_at', '2023-05-15T18:00:00+00:00', { endsAt: '2023-05-15T18:00:00.000Z' }),
  'response.type': arrives('type', 'phlebotomy', { type: 'phlebotomy' }),
  'response.provider': arrives('provider', 'getlabs', { provider: 'getlabs' }),
  'response.status': arrives('status', 'cancelled', { status: 'cancelled', phase: 'cancelled' }),
  'response.provider_id': arrives('provider_id', 'e89eb489', { providerId: 'e89eb489' }),
  'response.can_reschedule': arrives('can_reschedule', true, { canReschedule: true }),
  'response.event_status': arrives('event_status', 'scheduled', {
    eventStatus: 'scheduled',
    phase: 'confirmed',
  }),
  'response.events': inTurn(arrives('events', [EVENT], {}), async () => {
    const wire = appointmentWire.parse({ id: 'a', events: [EVENT] });
    expect(toAppointment(wire, 'order', fail)).toMatchObject({
      eventStatus: 'scheduled',
      phase: 'confirmed',
    });
  }),
  'response.iana_timezone': arrives('iana_timezone', 'America/Phoenix', { timezone: 'America/Phoenix' }),
  'response.external_id': arrives('external_id', 'X-1', { externalId: 'X-1' }),
  'response.event_data': arrives('event_data', { origin: 'patient' }, { reason: 'origin: patient' }),
  ...Object.fromEntries(
    (['phlebotomy', 'patient_service_center'] as const).map((word) => [
      `response.type=${word}`,
      knownWord('type', word),
    ]),
  ),
  ...Object.fromEntries(
    (['getlabs', 'phlebfinders', 'quest'] as const).map((word) => [
      `response.provider=${word}`,
      knownWord('provider', word),
    ]),
  ),
  'response.status=confirmed': member('status', 'confirmed', 'confirmed'),
  'response.status=pending': member('status', 'pending', 'pending'),
  'response.status=reserved': member('status', 'reserved', 'reserved'),
  'response.status=in_progress': member('status', 'in_progress', 'in_progress'),
  'response.status=completed': member('status', 'completed', 'completed'),
  'response.status=cancelled': member('status', 'cancelled', 'cancelled'),
  'response.event_status=pending': member('event_status', 'pending', 'pending'),
  'response.event_status=reserved': member('event_status', 'reserved', 'reserved'),
  'response.event_status=scheduled': member('event_status', 'scheduled', 'confirmed'),
  'response.event_status=completed': member('event_status', 'completed', 'completed'),
  'response.event_status=cancelled': member('event_status', 'cancelled', 'cancelled'),
  'response.event_status=in_progress': member('event_status', 'in_progress', 'in_progress'),
};

/** The page's own example, which leaves out what its schema requires. */
export const readBookExample = (example: string): Appointment =>
  toAppointment(appointmentWire.parse(JSON.parse(example)), 'the order of the path', fail);

/** By the beginnings of the page's sentences. */
export const BOOK_RULES: Readonly<Record<string, Check>> = {
  '[!] This feature (Async Confirmation) is under Closed Beta.': closedBeta,
  'If true, when the PSC system fails to confirm the booking within': pendingWithAsync,
  'the appointment moves to the reserved or confirmed state': settlesAfterwards,
  'the pending appointment moves to the cancelled state': cancelledInTheEnd(60_000),
  'You will receive labtest.appointment.updated webhooks': webhooksCome,
  'If false (default), when the PSC system fails to confirm': unconfirmedIs500,
  'This parameter only takes effect when async_confirmation is true': leftOutWithoutAsync,
  'The maximum amount of time which the Book Appointment endpoint would wait': pendingWithAsync,
  'Defaults to 2.5 seconds. Must be 1-10 seconds.': inRange(sync, [1_000, 10_000], [999, 10_001]),
  'Required range: 1000 <= x <= 10000': inRange(sync, [1_000, 10_000], [0, 999, 10_001]),
  'The maximum amount of time which Junction would try': cancelledInTheEnd(120_000),
  'Defaults to 15 minutes. Must be 1-2880 minutes.': cancelledInTheEnd(),
  'Required range: 60000 <= x <= 172800000': inRange(async, [60_000, 172_800_000], [59_999, 172_800_001]),
  'ℹ️ This enum is non-exhaustive.': openEnums,
  'Time is in UTC': utcTimes,
};
