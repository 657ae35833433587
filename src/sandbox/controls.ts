import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { callRuleSchema, webhookRuleSchema, type CallRule, type Faults, type WebhookRule } from './faults';
import type { Webhooks } from './webhooks';

/** Parses a control's body. Throws an error with `statusCode` 422 and a plain message when the body is wrong. */
export function controlBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw Object.assign(new Error(z.prettifyError(parsed.error)), { statusCode: 422 });
}

/**
 * The `/_sandbox` routes that every sandbox has: `POST/GET/DELETE /_sandbox/faults` and
 * `POST /_sandbox/webhook {url}`, which sets the address of later events.
 */
export function sharedControls(
  app: FastifyInstance,
  parts: { faults: Faults; webhooks: Webhooks | null },
): void {
  const { faults, webhooks } = parts;
  app.post('/_sandbox/faults', (request) => {
    faults.add(rulesOf(request.body));
    return faults.remaining();
  });
  app.get('/_sandbox/faults', () => faults.remaining());
  app.delete('/_sandbox/faults', () => {
    faults.clear();
    return faults.remaining();
  });
  app.post('/_sandbox/webhook', (request) => {
    const { url } = controlBody(z.strictObject({ url: z.url().nullable() }), request.body);
    webhooks?.sendTo(url);
    return { url };
  });
}

const anyRuleSchema = z.looseObject({});

/** Reads one rule or a list. Each rule is parsed by the schema of its own kind, so that a refusal names the field. */
function rulesOf(body: unknown): (CallRule | WebhookRule)[] {
  const given = [controlBody(z.union([anyRuleSchema, z.array(anyRuleSchema)]), body)].flat();
  return given.map((rule) =>
    'webhook' in rule ? controlBody(webhookRuleSchema, rule) : controlBody(callRuleSchema, rule),
  );
}
