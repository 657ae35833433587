/** Oliver's operations. Source: docs/providers.md#operations-at-oliver. */

interface Endpoint {
  method: 'GET' | 'POST';
  /** `{id}` is the id that the call is about. */
  path: string;
  effect: 'read' | 'write';
}

const CORE = '/services/core/open_api/v1';

export const ENDPOINTS = {
  sign_in: { method: 'POST', path: '/services/user/v1/auth/sign-in', effect: 'read' },
  open_times: { method: 'POST', path: `${CORE}/open_times`, effect: 'read' },
  create_appointment: { method: 'POST', path: `${CORE}/appointments`, effect: 'write' },
  list_appointments: { method: 'GET', path: `${CORE}/appointments`, effect: 'read' },
  list_clients: { method: 'GET', path: `${CORE}/clients`, effect: 'read' },
  read_client: { method: 'GET', path: `${CORE}/clients/{id}`, effect: 'read' },
  list_patients: { method: 'GET', path: `${CORE}/patients`, effect: 'read' },
  list_tasks: { method: 'GET', path: `${CORE}/staff_tasks`, effect: 'read' },
  create_task: { method: 'POST', path: `${CORE}/staff_tasks`, effect: 'write' },
} as const satisfies Record<string, Endpoint>;

export type Operation = keyof typeof ENDPOINTS;

export type Query = Readonly<Record<string, string | undefined>>;

/** Returns the URL of an operation at an account's base URL, with placeholder and query filled. */
export function urlOf(operation: Operation, baseUrl: string, id: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value);
  const path = ENDPOINTS[operation].path.replace('{id}', encodeURIComponent(id));
  return `${baseUrl.replace(/\/+$/, '')}${path}${search.size === 0 ? '' : `?${search.toString()}`}`;
}
