/** The calls that the stand-ins take, by name, and the faults that a test lays over them. */

/** Where a call is at a stand-in. `{order}` is any order or the one that is named; `{kind}` at home or at a draw site. */
interface Call {
  method: string;
  path: string;
}

const APPOINTMENT = '/v3/order/{order}/{kind}/appointment';

export const JUNCTION_CALLS = {
  any: { method: '*', path: '/v3/*' },
  place_order: { method: 'POST', path: '/v3/order' },
  list_orders: { method: 'GET', path: '/v3/orders' },
  read_order: { method: 'GET', path: '/v3/order/{order}' },
  cancel_order: { method: 'POST', path: '/v3/order/{order}/cancel' },
  availability: { method: 'POST', path: '/v3/order/{kind}/appointment/availability' },
  reasons: { method: 'GET', path: '/v3/order/{kind}/appointment/cancellation-reasons' },
  area_info: { method: 'GET', path: '/v3/order/area/info' },
  appointment: { method: 'GET', path: APPOINTMENT },
  book: { method: 'POST', path: `${APPOINTMENT}/book` },
  request_visit: { method: 'POST', path: `${APPOINTMENT}/request` },
  reschedule: { method: 'PATCH', path: `${APPOINTMENT}/reschedule` },
  cancel_appointment: { method: 'PATCH', path: `${APPOINTMENT}/cancel` },
} as const satisfies Record<string, Call>;

const CORE = '/services/core/open_api/v1';

export const OLIVER_CALLS = {
  any: { method: '*', path: '/services/*' },
  sign_in: { method: 'POST', path: '/services/user/v1/auth/sign-in' },
  open_times: { method: 'POST', path: `${CORE}/open_times` },
  create_appointment: { method: 'POST', path: `${CORE}/appointments` },
  list_appointments: { method: 'GET', path: `${CORE}/appointments` },
  list_clients: { method: 'GET', path: `${CORE}/clients` },
  read_client: { method: 'GET', path: `${CORE}/clients/{client}` },
  list_patients: { method: 'GET', path: `${CORE}/patients` },
  create_task: { method: 'POST', path: `${CORE}/staff_tasks` },
  list_tasks: { method: 'GET', path: `${CORE}/staff_tasks` },
} as const satisfies Record<string, Call>;

export type JunctionCall = keyof typeof JUNCTION_CALLS;
export type OliverCall = keyof typeof OLIVER_CALLS;

/** How a call goes wrong; without `answer` it is only slow. See src/sandbox/faults.ts. */
export interface Fault {
  /** Without effect, after its effect, or with an effect `delayMs` after the answer. `before` when it is not said. */
  when?: 'before' | 'after' | 'late';
  answer?: FaultAnswer;
  /** How many of the next calls; one when it is not said. */
  times?: number;
  delayMs?: number;
  /** Only calls that name this order. */
  of?: string;
}

/** A bare number is that status with an empty body. */
export type FaultAnswer =
  | 'timeout'
  | 'reset'
  | 'garbage'
  | number
  | {
      status: number;
      body?: unknown;
      /** In base64, instead of a body. */
      bytes?: string;
      headers?: Record<string, string>;
      /** Real ms from the answer on, and the form of the header. */
      retryAfter?: { inMs: number; as: 'seconds' | 'imf' | 'rfc850' | 'asctime' };
    };

/** As many times as a test could ever call. */
export const ALWAYS = 1_000;

/** The stand-in's own rule for this fault. */
export function ruleOf(call: Call, { of, answer, ...fault }: Fault): Record<string, unknown> {
  return {
    method: call.method,
    path: of === undefined ? call.path : call.path.replace('{order}', of),
    ...fault,
    ...(answer === undefined ? {} : { answer: typeof answer === 'number' ? { status: answer } : answer }),
  };
}

/** Whether a call in a stand-in's log is one of these. */
export function isCall(call: Call, logged: { method: string; path: string }, of?: string): boolean {
  const path = of === undefined ? call.path : call.path.replace('{order}', of);
  const pattern = path
    .replace(/[.+?^$()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\{\w+\}/g, '[^/]+');
  return (
    (call.method === '*' || call.method === logged.method) && new RegExp(`^${pattern}$`).test(logged.path)
  );
}
