import { z } from 'zod';
import { createOliverSandbox, type OliverSandboxOptions } from '../../src/sandbox/oliver/server';
import { FAST, type Answer } from './junction-client';

/** A plain caller of a running Oliver sandbox, over a real socket. */

export const SIGN_IN = '/services/user/v1/auth/sign-in';
export const CORE = '/services/core/open_api/v1';
export const USER = { username: 'sandbox', password: 'sandbox', role: 'ROLE_API' };

/** Ids of the seed: Ana Reyes and Biscuit, C-1001 and P-77 at practice 1. */
export const ANA = { client_id: 301, patient_id: 701 };
export const REMOTE = { client_remote_id: 'C-1001', patient_remote_id: 'P-77' };

export interface Oliver {
  url: string;
  /** A call of practice 1 with a good token, unless `headers` say otherwise; `path` without the common part. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A call as it is, without token and practice. */
  bare(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A control; fails when it is refused. */
  control(path: string, body: unknown): Promise<unknown>;
  state(): Promise<State>;
  close(): Promise<void>;
}

/** What was started and must not outlive its test file, also when a test fails half-way. */
const running: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(running.map((one) => one.close())));

/** Starts a sandbox in memory and signs in. */
export async function startOliver(options: Partial<OliverSandboxOptions> = {}): Promise<Oliver> {
  const sandbox = await createOliverSandbox({ port: 0, dataDir: null, timeScale: FAST, ...options });
  running.push(sandbox);
  const bare: Oliver['bare'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(sandbox.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, text, body: parsed(text) };
  };
  const token = tokenSchema.parse((await bare('POST', SIGN_IN, USER)).body).data.token;
  const own = { authorization: `Bearer ${token}`, 'x-client-id': '1' };
  return {
    url: sandbox.url,
    bare,
    call: (method, path, body, headers = {}) => bare(method, CORE + path, body, { ...own, ...headers }),
    control: async (path, body) => {
      const answer = await bare('POST', `/_sandbox/${path}`, body);
      if (answer.status !== 200) throw new Error(`control ${path} was refused: ${answer.text}`);
      return answer.body;
    },
    state: async () => stateSchema.parse((await bare('GET', '/_sandbox/state')).body),
    close: () => sandbox.close(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const tokenSchema = z.object({ data: z.object({ token: z.string() }) });

const timeSchema = z.looseObject({
  start: z.string(),
  end: z.string(),
  label: z.string(),
  value: z.string(),
  provider_id: z.string(),
  uuid: z.string(),
});
export type Time = z.infer<typeof timeSchema>;
const openTimesSchema = z.object({
  data: z.array(z.object({ date: z.string(), available: z.boolean(), times: z.array(timeSchema) })),
});
export type OpenDays = z.infer<typeof openTimesSchema>['data'];

const createdSchema = z.object({ data: z.looseObject({ id: z.number(), status: z.string() }) });
export const entrySchema = z.looseObject({ id: z.string(), status: z.string(), updated_at: z.string() });
const listSchema = z.object({
  data: z.object({
    page: z.number(),
    per_page: z.number(),
    total_pages: z.number(),
    total_count: z.number(),
    content: z.array(entrySchema),
  }),
});
export type Page = z.infer<typeof listSchema>['data'];

const taskSchema = z.looseObject({ id: z.string(), status: z.string(), finalized_at: z.string().nullable() });
export type Task = z.infer<typeof taskSchema>;
const stateSchema = z.object({
  appointments: z.array(z.looseObject({ id: z.string(), status: z.string(), note: z.string().nullable() })),
  live: z.object({ appointments: z.array(z.string()), orders: z.array(z.string()) }),
  staffTasks: z.array(taskSchema),
  calls: z.array(z.looseObject({ method: z.string(), path: z.string(), status: z.number().nullable() })),
});
export type State = z.infer<typeof stateSchema>;

/** What is open for a type from tomorrow, or from the given moment on. */
export async function openDays(
  oliver: Oliver,
  type = 'wellness',
  from = new Date(),
  headers: Record<string, string> = {},
): Promise<OpenDays> {
  const body = { search_from_date: from.toISOString(), appointment_type: type };
  return openTimesSchema.parse((await oliver.call('POST', '/open_times', body, headers)).body).data;
}

/** The open times of a type, earliest first. */
export async function openTimes(oliver: Oliver, type = 'wellness'): Promise<Time[]> {
  return (await openDays(oliver, type)).flatMap(({ times }) => times);
}

/** The earliest of them. */
export async function firstTime(oliver: Oliver): Promise<Time> {
  const [time] = await openTimes(oliver);
  if (!time) throw new Error('nothing is open');
  return time;
}

/** Books the first open time for Ana and Biscuit; returns Oliver's id and the status. */
export async function bookFirst(
  oliver: Oliver,
  more: Record<string, unknown> = {},
): Promise<{ id: number; status: string }> {
  const body = { slot_id: (await firstTime(oliver)).uuid, ...REMOTE, ...more };
  return createdSchema.parse((await oliver.call('POST', '/appointments', body)).body).data;
}

/** One page of what changed in the last hour. */
export async function listed(oliver: Oliver, query: Record<string, string> = {}): Promise<Page> {
  const start = new Date(Date.now() - 3_600_000).toISOString();
  const params = new URLSearchParams({ updated_at_start: start, ...query });
  return listSchema.parse((await oliver.call('GET', `/appointments?${params.toString()}`)).body).data;
}

/** The status that the list shows for an appointment. */
export async function statusOf(oliver: Oliver, id: number): Promise<string | undefined> {
  return (await listed(oliver)).content.find((entry) => entry.id === String(id))?.status;
}

/** Asks the clinic's people for something. */
export async function ask(oliver: Oliver, body: Record<string, unknown>): Promise<Task> {
  const answer = await oliver.call('POST', '/staff_tasks', body);
  return z.object({ data: taskSchema }).parse(answer.body).data;
}
