import { isCall, ruleOf, type Fault } from './calls';
import { eventually } from './stand-in';

/** One call in a stand-in's log. */
export interface LoggedCall {
  method: string;
  path: string;
  /** Null while it is unanswered. */
  status: number | null;
  at: string;
  /** What was laid over it; null for a call that was served plainly. */
  fault: 'before' | 'after' | 'late' | null;
  /** When one that was spoiled took effect; null while it has not. */
  effectAt: string | null;
}

/** What a test says to any stand-in: let calls fail, mend it, count the calls, wait for what it shows. */
export interface Spoiling<Name extends string, State> {
  /** Lets the next calls of that name go wrong, first as the first fault says. */
  fail(name: Name, ...faults: Fault[]): Promise<void>;
  /** Takes back every fault that has not been met. */
  mend(): Promise<void>;
  /** The calls of that name since the last reset (of the newest 500), oldest first; `of` an order's only. */
  callsOf(name: Name, of?: string): Promise<LoggedCall[]>;
  /** Waits until it has got that call so many times. */
  called(name: Name, which?: { of?: string; times?: number }): Promise<void>;
  /** Waits until its state fits, then returns it. Fails with the state when it does not in time. */
  until(fits: (state: State) => boolean, timeoutMs?: number): Promise<State>;
}

/** What it takes to speak to a stand-in. */
interface Reach<State> {
  url: string;
  state(): Promise<State>;
  control(path: string, body: unknown): Promise<unknown>;
}

export function spoiling<Name extends string, State extends { calls: LoggedCall[] }>(
  { url, state, control }: Reach<State>,
  calls: Readonly<Record<Name, { method: string; path: string }>>,
): Spoiling<Name, State> {
  const callsOf = async (name: Name, of?: string) =>
    (await state()).calls.filter((logged) => isCall(calls[name], logged, of));
  return {
    callsOf,
    async fail(name, ...faults) {
      await control(
        'faults',
        faults.map((fault) => ruleOf(calls[name], fault)),
      );
    },
    async mend() {
      const answered = await fetch(`${url}/_sandbox/faults`, { method: 'DELETE' });
      if (!answered.ok) throw new Error(`the faults were not taken back: ${answered.status}`);
    },
    async called(name, { of, times = 1 } = {}) {
      await eventually(
        () => callsOf(name, of),
        ({ length }) => length >= times,
      );
    },
    until: (fits, timeoutMs) => eventually(state, fits, timeoutMs),
  };
}
