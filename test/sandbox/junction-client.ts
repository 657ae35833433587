import { createServer } from 'node:http';
import { z } from 'zod';
import {
  createJunctionSandbox,
  type JunctionSandboxOptions,
  type RunningSandbox,
} from '../../src/sandbox/junction/server';

/** A plain caller of a running sandbox, over a real socket. */

export const WEBHOOK_SECRET = 'whsec_c2FuZGJveC10ZXN0LXNlY3JldC0wMDAwMDAwMDAwMDE=';
export const LAB_TESTS = {
  at_home_phlebotomy: '5b41f610-ebc5-4803-8f0c-a61c3bdc7faf',
  walk_in_test: 'c1d6b2f4-6c58-4b57-8a3e-0f5a4c9d2e11',
  testkit: 'd2e7c3a5-7d69-4c68-9b4f-1a6b5d0e3f12',
  on_site_collection: 'e3f8d4b6-8e7a-4d79-ac50-2b7c6e1f4a13',
} as const;

/** A sandbox minute takes 60 ms. */
export const FAST = 1 / 1_000;

export interface Answer {
  status: number;
  body: unknown;
  text: string;
}

export interface Junction {
  url: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A control; fails when it is refused. */
  control(path: string, body: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** What was started and must not outlive its test file, also when a test fails half-way. */
const running: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(running.map((one) => one.close())));

/** Starts a sandbox in memory whose orders stand still, unless the options say otherwise. */
export async function startJunction(options: Partial<JunctionSandboxOptions> = {}): Promise<Junction> {
  const sandbox = await createJunctionSandbox({
    port: 0,
    dataDir: null,
    timeScale: FAST,
    webhookUrl: null,
    webhookSecret: WEBHOOK_SECRET,
    advanceOrders: false,
    ...options,
  });
  running.push(sandbox);
  return clientOf(sandbox);
}

function clientOf(sandbox: RunningSandbox): Junction {
  const call: Junction['call'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(sandbox.url + path, {
      method,
      headers: { 'x-vital-api-key': 'sk_us_test', 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: parsed(text), text };
  };
  return {
    url: sandbox.url,
    call,
    close: () => sandbox.close(),
    control: async (path, body) => {
      const answer = await call('POST', `/_sandbox/${path}`, body);
      if (answer.status !== 200) throw new Error(`control ${path} was refused: ${answer.text}`);
      return answer.body;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const eventSchema = z.looseObject({ status: z.string() });

export const orderSchema = z.looseObject({
  id: z.string(),
  events: z.array(eventSchema),
  last_event: eventSchema,
  status: z.string(),
});
export const orderCallSchema = z.looseObject({ order: orderSchema, status: z.string(), message: z.string() });
export const appointmentSchema = z.looseObject({
  id: z.string(),
  order_id: z.string(),
  start_at: z.string().nullable(),
  end_at: z.string().nullable(),
  status: z.string(),
  event_status: z.string(),
  appointment_notes: z.string().nullable(),
  event_data: z.record(z.string(), z.unknown()).nullable(),
  events: z.array(eventSchema),
});
export const slotSchema = z.looseObject({
  booking_key: z.string().nullable(),
  start: z.string(),
  end: z.string(),
  expires_at: z.string().nullable(),
  num_appointments_available: z.number(),
});
export const availabilitySchema = z.object({
  timezone: z.string(),
  slots: z.array(z.looseObject({ date: z.string(), slots: z.array(slotSchema) })),
});
export const stateSchema = z.looseObject({
  live: z.object({ orders: z.array(z.string()), appointments: z.array(z.string()) }),
  calls: z.array(z.looseObject({ method: z.string(), path: z.string(), status: z.number().nullable() })),
});

export const HOME_ADDRESS = {
  first_line: 'West Lincoln Street',
  city: 'Phoenix',
  state: 'AZ',
  zip_code: '85004',
};

/** A body that places an order. Each call is another patient. */
export function orderBody(
  method: keyof typeof LAB_TESTS = 'at_home_phlebotomy',
  patient: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    user_id: crypto.randomUUID(),
    order_set: { lab_test_ids: [LAB_TESTS[method]] },
    collection_method: method,
    passthrough: 'booking-1',
    patient_details: {
      first_name: 'Ana',
      last_name: 'Reyes',
      dob: '1984-03-09',
      gender: 'female',
      phone_number: '+16025550123',
      email: 'ana@example.com',
      ...patient,
    },
    patient_address: {
      first_line: 'West Lincoln Street',
      city: 'Phoenix',
      state: 'AZ',
      zip: '85004',
      country: 'US',
    },
  };
}

/** Places an order, with its requisition unless `ready` is false; returns its id. */
export async function placeOrder(
  junction: Junction,
  method: keyof typeof LAB_TESTS = 'at_home_phlebotomy',
  ready = true,
): Promise<string> {
  const answer = await junction.call('POST', '/v3/order', orderBody(method));
  const { id } = orderCallSchema.parse(answer.body).order;
  if (ready) await junction.control(`orders/${id}`, { status: 'requisition_created' });
  return id;
}

/** Keys of the slots on offer that can be booked online, earliest first. */
export async function slotKeys(
  junction: Junction,
  kind: 'phlebotomy' | 'psc' = 'phlebotomy',
): Promise<string[]> {
  const query = kind === 'psc' ? '?lab=quest&zip_code=10001&radius=25' : '';
  const answer = await junction.call(
    'POST',
    `/v3/order/${kind}/appointment/availability${query}`,
    HOME_ADDRESS,
  );
  const days = availabilitySchema.parse(answer.body).slots;
  return days.flatMap((day) => day.slots.map((slot) => slot.booking_key)).filter((key) => key !== null);
}

/** The first of them. */
export async function slotKey(
  junction: Junction,
  kind: 'phlebotomy' | 'psc' = 'phlebotomy',
): Promise<string> {
  const [key] = await slotKeys(junction, kind);
  if (key === undefined) throw new Error('no slot is on offer');
  return key;
}

/** Books the first slot for an order. */
export async function bookFirst(
  junction: Junction,
  orderId: string,
  more: Record<string, unknown> = {},
  kind: 'phlebotomy' | 'psc' = 'phlebotomy',
): Promise<Answer> {
  const body = { booking_key: await slotKey(junction, kind), ...more };
  return junction.call('POST', `/v3/order/${orderId}/${kind}/appointment/book`, body);
}

/** Asks until the answer is right; fails after 5 s with the last one seen. */
export async function until<T>(ask: () => Promise<T>, right: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const seen = await ask();
    if (right(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`never came: ${JSON.stringify(seen).slice(0, 1_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface Received {
  headers: Record<string, string>;
  raw: string;
  type: string;
  data: Record<string, unknown>;
}

const receivedSchema = z.looseObject({ event_type: z.string(), data: z.record(z.string(), z.unknown()) });

/** A webhook receiver on a free port; answers with the statuses of `answers` in turn, then 204. */
export async function startReceiver(answers: number[] = []): Promise<{
  url: string;
  received: Received[];
  close(): Promise<void>;
}> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString();
      const { event_type: type, data } = receivedSchema.parse(JSON.parse(raw));
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push({ headers, raw, type, data });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  const receiver = {
    url: `http://127.0.0.1:${address.port}/webhooks/junction`,
    received,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  running.push(receiver);
  return receiver;
}
