/** Ways in which one provider call can go wrong, as the sandbox's fault rules say it. */

export interface Fault {
  name: string;
  /** A read has no effect that could come before or after its answer: the faults of effects are for writes. */
  writesOnly: boolean;
  rule: { when: 'before' | 'after' | 'late'; answer: unknown; delayMs?: number };
}

/** The name of the fault whose effect comes late. */
export const LATE = '504, taking effect late';

/** How late a late effect comes, in ms: inside the late-commit window, after the first look-up. */
const LATE_MS = 400;

const SERVER_ERROR = { status: 500, body: { detail: 'Internal Server Error' } };

const both = (name: string, answer: unknown): Fault => ({
  name,
  writesOnly: false,
  rule: { when: 'before', answer },
});
const after = (name: string, answer: unknown): Fault => ({
  name: `${name} after it took effect`,
  writesOnly: true,
  rule: { when: 'after', answer },
});

export const FAULTS: readonly Fault[] = [
  both('500', SERVER_ERROR),
  both('503 with Retry-After', { status: 503, headers: { 'retry-after': '1' }, body: 'Service Unavailable' }),
  both('429', { status: 429, body: 'Too Many Requests' }),
  both('401', { status: 401, body: { detail: 'Invalid token' } }),
  both('timeout', 'timeout'),
  both('reset', 'reset'),
  both('garbage', 'garbage'),
  after('500', SERVER_ERROR),
  after('timeout', 'timeout'),
  after('reset', 'reset'),
  after('garbage', 'garbage'),
  {
    name: LATE,
    writesOnly: true,
    rule: { when: 'late', answer: { status: 504, body: 'Gateway Timeout' }, delayMs: LATE_MS },
  },
];
