import { z } from 'zod';
import { RETRY_AFTER_FORMS } from './http-date';

const waitSchema = z.strictObject({
  inMs: z.number().int().min(0),
  as: z.enum(RETRY_AFTER_FORMS).default('seconds'),
});
export type WaitedFor = z.infer<typeof waitSchema>;

/**
 * Rules that make a sandbox misbehave. `POST /_sandbox/faults` takes them.
 *
 * A rule for calls spoils the next `times` calls of `method` and `path` (`*` is anything, `{name}` one segment):
 * - `when: "before"`: the call has no effect, then the answer is given;
 * - `when: "after"`: the call takes effect, then its answer is replaced;
 * - `when: "late"`: the answer is given, and the call takes effect `delayMs` after it.
 * `answer` is `{status, headers, body}`, `"timeout"` (no answer until the client goes), `"reset"` (the socket is
 * destroyed) or `"garbage"` (200 with a body that is not JSON). Without `answer` the call is only slow: the true
 * answer comes after `delayMs`. `delayMs` is real ms; for before and after it is how long the answer takes.
 * A `body` that is a text is sent as it is, as text/plain unless `headers` say otherwise (a gateway's page is HTML);
 * `bytes` (base64) replaces it where the bytes themselves matter. `retryAfter` adds that header, computed when the
 * answer is given: `inMs` real ms later, in seconds or in one of HTTP's three date formats.
 */
export const callRuleSchema = z.strictObject({
  method: z
    .string()
    .default('*')
    .transform((method) => method.toUpperCase()),
  path: z.string().min(1),
  times: z.number().int().min(1).default(1),
  when: z.enum(['before', 'after', 'late']).default('before'),
  answer: z
    .union([
      z.enum(['timeout', 'reset', 'garbage']),
      z.strictObject({
        status: z.number().int().min(200).max(599),
        headers: z.record(z.string(), z.string()).default({}),
        body: z.unknown().optional(),
        bytes: z.base64().optional(),
        retryAfter: waitSchema.optional(),
      }),
    ])
    .optional(),
  delayMs: z.number().int().min(0).default(0),
});

/**
 * A rule for webhooks. It drops each of the next `times` events of a type (`*`: any) for ever, sends it twice, sends
 * it `delayMs` real ms late, or sends it after the event that follows (or `delayMs` later when none follows).
 */
export const webhookRuleSchema = z.strictObject({
  webhook: z.string().min(1),
  times: z.number().int().min(1).default(1),
  do: z.enum(['drop', 'duplicate', 'delay', 'reorder']),
  delayMs: z.number().int().min(0).default(1_000),
});

export type CallRule = z.infer<typeof callRuleSchema>;
export type WebhookRule = z.infer<typeof webhookRuleSchema>;

/** The rules that still have times left, oldest first. */
export interface Faults {
  add(rules: (CallRule | WebhookRule)[]): void;
  /** Returns the first rule that fits the call, and uses it once; null when no rule fits. */
  forCall(method: string, path: string): CallRule | null;
  /** Returns the first rule that fits the event, and uses it once; null when no rule fits. */
  forWebhook(eventType: string): WebhookRule | null;
  remaining(): (CallRule | WebhookRule)[];
  clear(): void;
}

/** Returns a set of rules that is still empty. */
export function createFaults(): Faults {
  let rules: (CallRule | WebhookRule)[] = [];

  const useUp = <R extends CallRule | WebhookRule>(rule: R | undefined): R | null => {
    if (rule === undefined) return null;
    rule.times -= 1;
    rules = rules.filter(({ times }) => times > 0);
    return rule;
  };

  return {
    add: (more) => void rules.push(...more.map((rule) => ({ ...rule }))),
    forCall: (method, path) =>
      useUp(rules.filter((rule) => 'path' in rule).find((rule) => fits(rule, method, path))),
    forWebhook: (eventType) =>
      useUp(
        rules
          .filter((rule) => 'webhook' in rule)
          .find(({ webhook }) => webhook === '*' || webhook === eventType),
      ),
    remaining: () => rules.map((rule) => ({ ...rule })),
    clear: () => void (rules = []),
  };
}

function fits(rule: CallRule, method: string, path: string): boolean {
  return (rule.method === '*' || rule.method === method) && pathPattern(rule.path).test(path);
}

function pathPattern(path: string): RegExp {
  const pattern = path
    .split(/(\*|\{[^}]*\})/)
    .map((part) => (part === '*' ? '.*' : part.startsWith('{') ? '[^/]+' : escaped(part)))
    .join('');
  return new RegExp(`^${pattern}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
