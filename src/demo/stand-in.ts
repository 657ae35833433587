import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { VendorName } from '../booking/vendors';
import { vendorAt } from '../vendors';

/** One scene's sandbox of the provider. It is called over HTTP, as a user's tests would do. */

/** An instruction to the sandbox: a route under `/_sandbox` and its body. */
export interface Instruction {
  route:
    | 'faults'
    | 'confirmation'
    | 'slots'
    | 'clinic'
    | 'host'
    | 'appointments'
    | `${'appointments' | 'bookings' | 'event-types'}/${string}`;
  body: object;
}

const callSchema = z.object({
  method: z.string(),
  path: z.string(),
  /** Null while the call is unanswered. */
  status: z.number().nullable(),
  at: z.string(),
});

const stateSchema = z.object({
  live: z.object({ orders: z.array(z.string()), appointments: z.array(z.string()) }),
  calls: z.array(callSchema),
  /** Empty for a provider that sends no news. */
  webhooks: z
    .array(z.object({ eventType: z.string(), outcome: z.union([z.number(), z.string()]) }))
    .default([]),
  /** Empty for a provider whose staff is never asked. */
  staffTasks: z.array(z.unknown()).default([]),
});

export type Call = z.infer<typeof callSchema>;
export type StandInState = z.infer<typeof stateSchema>;

export interface StandIn {
  url: string;
  /** Returns what it saw, and what is live there. */
  state(): Promise<StandInState>;
  tell(instruction: Instruction): Promise<void>;
  /** Changes the only live appointment there, as the provider itself would. */
  change(changes: object): Promise<void>;
  /** Places this order as a caller would, and returns its id. */
  placeOrder(order: object): Promise<string>;
  /** Resolves once a call like this one came in; throws when none comes within 30 s. */
  called(isIt: (call: Call) => boolean): Promise<void>;
  close(): Promise<void>;
}

const CALL_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 50;

/** Starts a vendor's sandbox with nothing booked, on a free port. Its news, if it sends any, goes to `webhookUrl`. */
export async function startStandIn(vendor: VendorName, webhookUrl: string): Promise<StandIn> {
  const declared = vendorAt(vendor).sandbox;
  const sandbox = await declared.start({ port: 0, dataDir: null, webhookUrl });
  const ask = asking(declared.headers);
  const { url } = sandbox;
  const state = async (): Promise<StandInState> => stateSchema.parse(await ask(`${url}/_sandbox/state`));
  const tell: StandIn['tell'] = async ({ route, body }) => {
    await ask(`${url}/_sandbox/${route}`, body);
  };
  return {
    url,
    state,
    close: () => sandbox.close(),
    tell,
    async change(changes) {
      const { live } = await state();
      const [id, ...others] = live.appointments;
      if (id === undefined || others.length > 0)
        throw new Error('There is not one live appointment to change.');
      await tell({ route: `appointments/${id}`, body: changes });
    },
    async placeOrder(order) {
      const answer = await ask(`${url}/v3/order`, order);
      return z.object({ order: z.object({ id: z.uuid() }) }).parse(answer).order.id;
    },
    async called(isIt) {
      const giveUpAt = Date.now() + CALL_WITHIN_MS;
      while (!(await state()).calls.some(isIt)) {
        if (Date.now() > giveUpAt) throw new Error('The call that the scene waits for did not come.');
        await pause(LOOK_AGAIN_MS);
      }
    },
  };
}

/** Returns a function that calls a sandbox by hand, with the headers that let it in. */
function asking(headers: Readonly<Record<string, string>>) {
  return async (url: string, body?: object): Promise<unknown> => {
    const answer = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`The stand-in answers ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
}
