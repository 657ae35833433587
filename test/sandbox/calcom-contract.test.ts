import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import {
  act,
  ANA,
  book,
  bookingBody,
  CALCOM_SECRET,
  day,
  freeStart,
  LAB_VISIT,
  ON_REQUEST,
  startCalcom,
  type Calcom,
} from './calcom-client';
import { until } from './junction-client';
import { rawReceiver } from './raw';

/** What the Cal.com sandbox answers and sends, against the contract in contracts/calcom.openapi.json. */

const documentSchema = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const contract = documentSchema.parse(
  JSON.parse(readFileSync(resolve(__dirname, '../../contracts/calcom.openapi.json'), 'utf8')),
);
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: 'calcom', ...contract });

/** Holds a value to what stands at a place of the contract. */
function held(value: unknown, ...place: string[]): void {
  const pointer = place.map((step) => encodeURIComponent(step.replace(/~/g, '~0').replace(/\//g, '~1')));
  const validate = ajv.compile({ $ref: `calcom#/${pointer.join('/')}` });
  validate(value);
  expect([place.join(' '), validate.errors]).toEqual([place.join(' '), null]);
}

describe('by the contract', () => {
  let calcom: Calcom;
  beforeEach(async () => void (calcom = await startCalcom()));
  afterEach(() => calcom.close());

  /** Calls, holds the body that it sends and the answer to the contract, and returns the answer. */
  async function checked(
    method: string,
    path: string,
    status: number,
    body?: unknown,
    headers?: Record<string, string | undefined>,
  ): Promise<unknown> {
    const answer = await calcom.call(method, path, body, headers);
    expect([method, path, answer.status]).toEqual([method, path, status]);
    const template = Object.keys(contract.paths)
      .filter((one) => new RegExp(`^${one.replace(/\{\w+\}/g, '[^/?]+')}(\\?|$)`).test(path))
      .sort((a, b) => a.split('{').length - b.split('{').length)[0];
    if (template === undefined) throw new Error(`the contract has no ${path}`);
    const at = ['paths', template, method.toLowerCase()];
    const json = ['content', 'application/json', 'schema'];
    if (body !== undefined && status < 300) held(body, ...at, 'requestBody', ...json);
    held(answer.body, ...at, 'responses', String(status), ...json);
    return answer.body;
  }

  test('slots in both formats, none, and refusals', async () => {
    const span = `/v2/slots?eventTypeId=${LAB_VISIT}&start=${day(1)}&end=${day(9)}`;
    await checked('GET', span, 200);
    await checked('GET', `${span}&format=range&timeZone=Pacific/Kiritimati`, 200);
    await calcom.control('slots', { empty: 1 });
    await checked('GET', span, 200);
    await checked('GET', '/v2/slots?eventTypeId=1', 400);
    await checked('GET', span.replace('1001', '77'), 404);
    await checked('GET', span, 401, undefined, { authorization: 'Bearer x' });
  });

  test('bookings, made, read, listed, moved, cancelled, and their refusals', async () => {
    const metadata = { ref: 'bk_1/book/1' };
    const attendee = { ...ANA, phoneNumber: '+16025550123', language: 'en' };
    await checked('POST', '/v2/bookings', 201, await bookingBody(calcom, { metadata, attendee }));
    await checked('POST', '/v2/bookings', 400, {});
    const nobodys = await bookingBody(calcom, { eventTypeId: 77, start: '2031-01-01T16:00:00Z' });
    await checked('POST', '/v2/bookings', 404, nobodys);
    const { uid } = await book(calcom);
    await checked('GET', `/v2/bookings/${uid}`, 200);
    await checked('GET', '/v2/bookings/nobody', 404);
    await checked('GET', '/v2/bookings?take=1&sortCreated=asc', 200);
    await checked('GET', '/v2/bookings?take=0', 400);
    await checked('GET', '/v2/bookings', 401, undefined, { authorization: undefined });
    const body = {
      start: await freeStart(calcom, 5),
      reschedulingReason: 'x',
      rescheduledBy: 'a@example.com',
    };
    await checked('POST', `/v2/bookings/${uid}/reschedule`, 201, body);
    await checked('POST', `/v2/bookings/${uid}/reschedule`, 400, body);
    await checked('GET', `/v2/bookings/${uid}`, 200);
    const other = await book(calcom);
    await checked('POST', `/v2/bookings/${other.uid}/cancel`, 400, {});
    await checked('POST', `/v2/bookings/${other.uid}/cancel`, 200, { cancellationReason: 'x' });
    await checked('GET', '/v2/bookings', 200);
  });

  test('the host’s acts', async () => {
    const [one, two] = [
      await book(calcom, { eventTypeId: ON_REQUEST }),
      await book(calcom, { eventTypeId: ON_REQUEST }),
    ];
    await checked('POST', `/v2/bookings/${one.uid}/confirm`, 200);
    await checked('POST', `/v2/bookings/${one.uid}/confirm`, 400);
    await checked('POST', `/v2/bookings/${two.uid}/decline`, 200, { reason: 'ill' });
    await checked('POST', `/v2/bookings/${one.uid}/mark-absent`, 400, { host: true });
    const past = new Date(Date.now() - 3_600_000).toISOString();
    const made = z.object({ uid: z.string() }).parse(await calcom.control('bookings', { start: past }));
    await checked('POST', `/v2/bookings/${made.uid}/mark-absent`, 200, { host: true });
  });

  test('load, and a create that is not read back', async () => {
    await calcom.control('copy', { lagMs: 60_000 });
    await checked('POST', '/v2/bookings', 500, await bookingBody(calcom));
    await calcom.control('pace', { callsAMinute: 1 });
    await calcom.call('GET', '/v2/bookings');
    await checked('GET', '/v2/bookings', 429);
  });

  test('an answer that breaks it is caught', async () => {
    const { uid } = await book(calcom);
    await calcom.control('quirks', { unknownStatus: true });
    await expect(checked('GET', `/v2/bookings/${uid}`, 200)).rejects.toThrow('must be equal to one of');
  });
});

const eventSchema = z.object({
  triggerEvent: z.string(),
  payload: z.looseObject({ uid: z.string().optional(), metadata: z.unknown().optional() }),
});

test('webhooks tell each change, signed over their bytes, each once', async () => {
  const receiver = await rawReceiver();
  const calcom = await startCalcom({ webhookUrl: receiver.url });
  const metadata = { ref: 'bk_1/book/1' };
  const came = (count: number) =>
    until(
      () => Promise.resolve(receiver.received),
      ({ length }) => length >= count,
    );
  const first = await book(calcom, { metadata });
  await came(1);
  const moved = await act(calcom, first.uid, 'reschedule', { start: await freeStart(calcom, 4) });
  await came(2);
  await act(calcom, moved.uid, 'cancel', { cancellationReason: 'x' });
  await came(3);
  const asked = await book(calcom, { eventTypeId: ON_REQUEST, metadata });
  await came(4);
  await act(calcom, asked.uid, 'confirm');
  await came(5);
  await calcom.control(`bookings/${asked.uid}`, { acts: 'absent' });
  await came(6);
  const declined = await book(calcom, { eventTypeId: ON_REQUEST, metadata });
  await came(7);
  await act(calcom, declined.uid, 'decline', { reason: 'ill' });
  await came(8);

  const events = receiver.received.map(({ bytes }) => eventSchema.parse(JSON.parse(bytes.toString())));
  expect(events.map(({ triggerEvent, payload }) => [triggerEvent, payload.uid, payload.metadata])).toEqual([
    ['BOOKING_CREATED', first.uid, metadata],
    ['BOOKING_RESCHEDULED', moved.uid, metadata],
    ['BOOKING_CANCELLED', moved.uid, undefined],
    ['BOOKING_REQUESTED', asked.uid, metadata],
    ['BOOKING_CREATED', asked.uid, metadata],
    ['BOOKING_NO_SHOW_UPDATED', undefined, undefined],
    ['BOOKING_REQUESTED', declined.uid, metadata],
    ['BOOKING_REJECTED', declined.uid, undefined],
  ]);
  expect(events[1]?.payload).toMatchObject({ rescheduleUid: first.uid, status: 'ACCEPTED' });
  for (const { bytes, headers } of receiver.received) {
    const signature = createHmac('sha256', CALCOM_SECRET).update(bytes).digest('hex');
    expect(headers['x-cal-signature-256']).toBe(signature);
    held(JSON.parse(bytes.toString()), 'components', 'schemas', 'WebhookEvent');
  }
  await calcom.close();
});

test('a webhook that is not taken is not sent again; events of any kind can be sent by hand', async () => {
  const calcom = await startCalcom({ webhookUrl: 'http://127.0.0.1:9/hook' });
  await book(calcom);
  await calcom.control('events', { triggerEvent: 'MOON_RISEN', payload: { a: 1 } });
  const { webhooks } = await until(
    () => calcom.state(),
    (state) => state.webhooks.length >= 2,
  );
  expect(webhooks).toMatchObject([
    { eventType: 'BOOKING_CREATED', attempt: 1, outcome: 'no answer' },
    { eventType: 'MOON_RISEN', attempt: 1, outcome: 'no answer' },
  ]);
  await calcom.close();
});
