import { JUNCTION_CALLS, OLIVER_CALLS, isCall } from '../../support/calls';

/** What goes wrong on the way to the providers: rules for the next calls of a name, as the sandboxes' own controls take them. */

export type Answer =
  | 'timeout'
  | 'reset'
  | 'garbage'
  /** No connection: nothing is sent. */
  | 'refused'
  | { status: number; body?: unknown; headers?: Record<string, string> };

/** How a call goes wrong; see src/sandbox/faults.ts. */
export interface Rule {
  when?: 'before' | 'after' | 'late';
  answer?: Answer;
  delayMs?: number;
  times?: number;
}

export type CallName = `junction ${keyof typeof JUNCTION_CALLS}` | `oliver ${keyof typeof OLIVER_CALLS}`;

export interface FaultBook {
  add(call: CallName, rule: Rule): void;
  /** Takes one time off the first rule that fits; null when none does. */
  take(method: string, path: string): Rule | null;
  mend(): void;
}

const CALLS: Readonly<Record<string, { method: string; path: string }>> = {
  ...named('junction', JUNCTION_CALLS),
  ...named('oliver', OLIVER_CALLS),
};

function named(vendor: string, calls: Readonly<Record<string, { method: string; path: string }>>) {
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [`${vendor} ${name}`, call]));
}

/** A book of rules; `weather` spoils what no rule does. */
export function createFaultBook(weather: (call: string) => Rule | null = () => null): FaultBook {
  let rules: { call: { method: string; path: string }; rule: Rule; left: number }[] = [];
  return {
    add(name, rule) {
      const call = CALLS[name];
      if (!call) throw new Error(`no call is named ${name}`);
      rules.push({ call, rule, left: rule.times ?? 1 });
    },
    take(method, path) {
      const found = rules.find(({ call }) => isCall(call, { method, path }));
      if (!found) return weather(nameOf(method, path));
      found.left -= 1;
      if (found.left <= 0) rules = rules.filter((one) => one !== found);
      return found.rule;
    },
    mend: () => void (rules = []),
  };
}

/** A call's name, and not "any" where another fits. */
export function nameOf(method: string, path: string): string {
  const fits = Object.entries(CALLS).filter(([, call]) => isCall(call, { method, path }));
  return fits.find(([name]) => !name.endsWith(' any'))?.[0] ?? 'unknown';
}
