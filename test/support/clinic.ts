import { OLIVER_CALLS, type OliverCall } from './calls';
import { spoiling, type LoggedCall, type Spoiling } from './spoiling';

/** A typed hand on an Oliver sandbox's `/_sandbox` controls, for tests. */

export interface ClinicState {
  appointments: {
    id: string | number;
    status: string;
    client_id?: string | number;
    note?: string | null;
    [field: string]: unknown;
  }[];
  staffTasks: Record<string, unknown>[];
  live: { appointments: string[] };
  calls: LoggedCall[];
}

export interface ClinicHand extends Spoiling<OliverCall, ClinicState> {
  url: string;
  state(): Promise<ClinicState>;
  control(path: string, body: unknown): Promise<unknown>;
}

export function clinicHand(url: string): ClinicHand {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/_sandbox/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`sandbox ${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  // The sandbox is ours and its state's shape is tested in test/sandbox.
  const state = async (): Promise<ClinicState> => (await call('GET', 'state')) as ClinicState;
  const control = (path: string, body: unknown): Promise<unknown> => call('POST', path, body);
  return { ...spoiling({ url, state, control }, OLIVER_CALLS), url, state, control };
}
