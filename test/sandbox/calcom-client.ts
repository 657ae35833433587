import { z } from 'zod';
import { createCalcomSandbox, type CalcomSandboxOptions } from '../../src/sandbox/calcom/server';
import { FAST, type Answer } from './junction-client';

/** A plain caller of a running Cal.com sandbox, over a real socket. */

export const CALCOM_SECRET = 'a secret of any form';
export const KEY = 'cal_live_test';
export const OTHER_KEY = 'cal_other_test';
export const LAB_VISIT = 1001;
export const ON_REQUEST = 1002;
export const FAR_VISIT = 1003;
export const OTHERS_VISIT = 2001;

const VERSIONS: readonly [RegExp, string][] = [
  [/^\/v2\/slots/, '2024-09-04'],
  [/^\/v2\/bookings/, '2024-08-13'],
];

export interface Calcom {
  url: string;
  /** A call with a good key and the version of its path, unless `headers` say otherwise; undefined leaves one out. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string | undefined>,
  ): Promise<Answer & { headers: Headers }>;
  /** A control; fails when it is refused. */
  control(path: string, body: unknown): Promise<unknown>;
  state(): Promise<State>;
  close(): Promise<void>;
}

/** What was started and must not outlive its test file, also when a test fails half-way. */
const running: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(running.map((one) => one.close())));

/** Starts a sandbox in memory whose hosts say nothing by themselves. */
export async function startCalcom(options: Partial<CalcomSandboxOptions> = {}): Promise<Calcom> {
  const sandbox = await createCalcomSandbox({
    port: 0,
    dataDir: null,
    timeScale: FAST,
    webhookUrl: null,
    webhookSecret: CALCOM_SECRET,
    ...options,
  });
  running.push(sandbox);
  const call: Calcom['call'] = async (method, path, body, headers = {}) => {
    const version = VERSIONS.find(([pattern]) => pattern.test(path))?.[1];
    const sent = { authorization: `Bearer ${KEY}`, 'cal-api-version': version, ...headers };
    const kept = Object.entries(sent).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    );
    const answer = await fetch(sandbox.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...Object.fromEntries(kept) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, text, body: parsed(text), headers: answer.headers };
  };
  const calcom: Calcom = {
    url: sandbox.url,
    call,
    control: async (path, body) => {
      const answer = await call('POST', `/_sandbox/${path}`, body);
      if (answer.status !== 200) throw new Error(`control ${path} was refused: ${answer.text}`);
      return answer.body;
    },
    state: async () => stateSchema.parse((await call('GET', '/_sandbox/state')).body),
    close: () => sandbox.close(),
  };
  await calcom.control('host', { acts: 'leave' });
  // Nothing that these tests ask is about pace, unless they set it.
  await calcom.control('pace', { callsAMinute: null });
  return calcom;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const bookingSchema = z.looseObject({
  id: z.number(),
  uid: z.string(),
  status: z.string(),
  start: z.string(),
  end: z.string(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  rescheduledFromUid: z.string().nullish(),
  rescheduledToUid: z.string().nullish(),
});
export type Booking = z.infer<typeof bookingSchema>;
const oneSchema = z.object({ status: z.literal('success'), data: bookingSchema });
const listSchema = z.object({
  data: z.array(bookingSchema),
  pagination: z.looseObject({ totalItems: z.number(), hasNextPage: z.boolean() }),
});
const slotsSchema = z.object({
  data: z.record(z.string(), z.array(z.object({ start: z.string(), end: z.string().optional() }))),
});
const stateSchema = z.object({
  bookings: z.array(bookingSchema),
  live: z.object({ appointments: z.array(z.string()), orders: z.array(z.string()) }),
  webhooks: z.array(z.looseObject({ eventType: z.string() })),
});
export type State = z.infer<typeof stateSchema>;

/** The days and slots of the next two weeks, of an event type. */
export async function slots(
  calcom: Calcom,
  more: Record<string, string> = {},
): Promise<z.infer<typeof slotsSchema>['data']> {
  const query = new URLSearchParams({
    eventTypeId: String(LAB_VISIT),
    start: day(1),
    end: day(15),
    ...more,
  });
  return slotsSchema.parse((await calcom.call('GET', `/v2/slots?${query.toString()}`)).body).data;
}

/** A calendar day so many days from today, in UTC. */
export function day(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** The n-th free start, in UTC. */
export async function freeStart(calcom: Calcom, n = 0, eventTypeId = LAB_VISIT): Promise<string> {
  const days = await slots(calcom, { eventTypeId: String(eventTypeId) });
  const start = Object.values(days).flat()[n]?.start;
  if (start === undefined) throw new Error('nothing is free');
  return start;
}

export const ANA = { name: 'Ana Reyes', email: 'ana@example.com', timeZone: 'America/New_York' };

/** A body that books; `over` replaces its fields. */
export async function bookingBody(
  calcom: Calcom,
  over: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const eventTypeId = typeof over.eventTypeId === 'number' ? over.eventTypeId : LAB_VISIT;
  const start = over.start ?? (await freeStart(calcom, 0, eventTypeId));
  return { eventTypeId, attendee: ANA, ...over, start };
}

/** Books the first free time, or as `over` says. */
export async function book(calcom: Calcom, over: Record<string, unknown> = {}): Promise<Booking> {
  const answer = await calcom.call('POST', '/v2/bookings', await bookingBody(calcom, over));
  if (answer.status !== 201) throw new Error(`not booked: ${answer.text}`);
  return oneSchema.parse(answer.body).data;
}

/** Reads one booking. */
export async function read(calcom: Calcom, uid: string): Promise<Booking> {
  return oneSchema.parse((await calcom.call('GET', `/v2/bookings/${uid}`)).body).data;
}

/** Does something with a booking, and returns what the answer shows. */
export async function act(calcom: Calcom, uid: string, what: string, body: unknown = {}): Promise<Booking> {
  const answer = await calcom.call('POST', `/v2/bookings/${uid}/${what}`, body);
  if (answer.status >= 300) throw new Error(`${what} was refused: ${answer.text}`);
  return oneSchema.parse(answer.body).data;
}

/** One page of the list. */
export async function list(
  calcom: Calcom,
  query: Record<string, string> = {},
): Promise<z.infer<typeof listSchema>> {
  return listSchema.parse(
    (await calcom.call('GET', `/v2/bookings?${new URLSearchParams(query).toString()}`)).body,
  );
}

/** A refusal in the API's own form. */
export function refusal(status: number, message: RegExp | string): Record<string, unknown> {
  const text: unknown = typeof message === 'string' ? message : expect.stringMatching(message);
  return { status, body: { status: 'error', error: { message: text } } };
}
