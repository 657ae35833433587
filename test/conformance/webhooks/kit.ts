import { casesOf, test, type Case } from '../case';
import { BOOKING_ID, startReceiver, type Receiver } from './receiver';
import type { WebhookSubject } from './subject';

/**
 * Holds how a vendor's webhooks are received to what bookings rely on: nothing is let in that the vendor did not send,
 * everything else is taken whatever it says, and news of a booking's own wakes it.
 */
export function describeWebhookConformance(subject: WebhookSubject): void {
  describe(`the webhooks of ${subject.vendor}`, () => declare(subject));
}

/** Returns the cases of the kit, to be played one by one. */
export function webhookKitFor(subject: WebhookSubject): Case[] {
  return casesOf(() => declare(subject));
}

function declare(subject: WebhookSubject): void {
  const { secrets, part } = subject;
  const [secret, other] = secrets;
  const own = jsonOf(subject.own(BOOKING_ID));
  const proof = (body: Buffer, signing: { secret?: string; ageS?: number } = {}): Record<string, string> =>
    subject.sign(body, { secret, ageS: 0, ...signing });

  /** Runs a case against a receiver, with one secret where the case says nothing else. */
  function received(
    name: string,
    run: (receiver: Receiver) => Promise<void>,
    set: readonly string[] = [secret],
  ): void {
    test(name, async () => {
      const receiver = await startReceiver(subject, set);
      try {
        await run(receiver);
      } finally {
        await receiver.close();
      }
    });
  }

  received('news of a booking wakes it', async ({ send, woken }) => {
    expect(await send(own, proof(own))).toBe(204);
    expect(woken).toEqual([BOOKING_ID]);
  });

  received('the bytes are checked, however they are written', async ({ send, woken }) => {
    const written = [spaced(own), escaped(own), Buffer.concat([own, Buffer.from('\r\n')])];
    for (const body of written) expect(await send(body, proof(body))).toBe(204);
    expect(woken).toEqual(written.map(() => BOOKING_ID));
  });

  received('one byte more is another event, also when it says the same', async ({ send, woken }) => {
    const body = Buffer.concat([own, Buffer.from(' ')]);
    expect(await send(body, proof(own))).toBe(401);
    expect(await send(own, proof(body))).toBe(401);
    expect(woken).toEqual([]);
  });

  received('an event that somebody else signed is refused', async ({ send, woken }) => {
    expect(await send(own, proof(own, { secret: other }))).toBe(401);
    expect(woken).toEqual([]);
  });

  received('without its whole proof no event is let in', async ({ send, woken }) => {
    const whole = Object.entries(proof(own));
    expect(await send(own, {})).toBe(401);
    for (const [name] of whole) {
      const others = whole.filter(([header]) => header !== name);
      expect(await send(own, Object.fromEntries(others))).toBe(401);
      expect(await send(own, Object.fromEntries([...others, [name, '']]))).toBe(401);
      expect(await send(own, Object.fromEntries([...others, [name, 'é'.repeat(3)]]))).toBe(401);
    }
    expect(woken).toEqual([]);
  });

  received(
    'where no secret is set, nothing is let in',
    async ({ send, woken }) => {
      expect(await send(own, proof(own))).toBe(401);
      expect(await send(own, {})).toBe(401);
      expect(woken).toEqual([]);
    },
    [],
  );

  received(
    'while a secret is replaced, the old one and the new one count',
    async ({ send, woken }) => {
      for (const one of secrets) expect(await send(own, proof(own, { secret: one }))).toBe(204);
      expect(woken).toHaveLength(secrets.length);
    },
    secrets,
  );

  const { oldFromS } = subject;
  if (oldFromS !== null)
    received('an event that was signed long ago is refused, so that none can be kept', async ({ send }) => {
      expect(await send(own, proof(own, { ageS: oldFromS }))).toBe(401);
      expect(await send(own, proof(own, { ageS: oldFromS - 30 }))).toBe(204);
    });

  received('an event of what no booking has is taken, and wakes nobody', async ({ send, woken, close }) => {
    const foreign = jsonOf(subject.foreign());
    expect(await send(foreign, proof(foreign))).toBe(204);
    await close();
    expect(woken).toEqual([]);
  });

  received(
    'a repeated event is taken: at once it wakes no more, later it makes one more look',
    async (receiver) => {
      const again = (): Promise<number> => receiver.send(own, proof(own));
      expect(await Promise.all([again(), again(), again()])).toEqual([204, 204, 204]);
      expect(receiver.woken).toEqual([BOOKING_ID]);
      expect(await again()).toBe(204);
      expect(receiver.woken.slice(1)).toEqual([BOOKING_ID]);
    },
  );

  received('an event of a type that is not known is taken, and counted as other', async (receiver) => {
    const unheard = jsonOf(subject.ofType('unheard.of', BOOKING_ID));
    expect(await receiver.send(unheard, proof(unheard))).toBe(204);
    expect(receiver.woken).toEqual([]);
    const counted = (await receiver.metrics()).matchAll(/^booking_webhooks_total\{.*event="([^"]*)"/gm);
    expect([...counted].map(([, event]) => event)).toEqual(['other']);
  });

  received('what is no event is taken, so that it does not come again', async ({ send, woken }) => {
    for (const body of NO_EVENTS) expect([body, await send(body, proof(body))]).toEqual([body, 204]);
    expect(woken).toEqual([]);
  });

  received('an event of another shape is taken: fields may be of any kind, or missing', async ({ send }) => {
    const bodies = misshapen(subject.own(BOOKING_ID)).map(jsonOf);
    const answers = await Promise.all(bodies.map(async (body) => [body, await send(body, proof(body))]));
    expect(answers).toEqual(bodies.map((body) => [body, 204]));
  });

  received('nothing of an event is logged', async ({ send, lines }) => {
    const told = jsonOf({ ...subject.own(BOOKING_ID), more: 'Marigold' });
    const broken = Buffer.concat([told, Buffer.from('}')]);
    for (const body of [told, broken]) await send(body, proof(body));
    await send(told, proof(broken));
    expect(lines.join('')).not.toContain('Marigold');
  });

  test('a secret that the settings take is one to check with', () => {
    for (const one of [...secrets, part.sandboxSecret]) {
      expect(part.secretFault(one)).toBeNull();
      expect(part.verifier([one])(own, proof(own, { secret: one }))).toBe(true);
    }
  });
}

function jsonOf(event: unknown): Buffer {
  return Buffer.from(JSON.stringify(event));
}

/** The same event, with spaces and line breaks between everything. */
function spaced(event: Buffer): Buffer {
  return Buffer.from(JSON.stringify(JSON.parse(event.toString()), null, '\t'));
}

/** The same event, with an escape for each letter of its texts. */
function escaped(event: Buffer): Buffer {
  const escape = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const texts = /"[^"\\]*"/g;
  return Buffer.from(event.toString().replace(texts, (text) => text.replace(/[a-z]/gi, escape)));
}

/** Bodies that no vendor means: no JSON, bytes that are no text, and JSON that is no event. */
const NO_EVENTS: readonly Buffer[] = [
  '',
  '{"cut',
  'null',
  '7',
  '"text"',
  '[]',
  '{}',
  Buffer.from([0x22, 0xff, 0xfe, 0x22]),
].map((one) => Buffer.from(one));

const KINDS: readonly unknown[] = [undefined, null, 7, '', 'text', [], {}];

/** Returns the event with each of its fields, however deep, of each other kind. */
function misshapen(event: unknown): unknown[] {
  if (typeof event !== 'object' || event === null) return [];
  return Object.entries(event).flatMap(([field, value]) =>
    [...KINDS, ...misshapen(value)].map((kind) =>
      Array.isArray(event)
        ? event.map((one: unknown, place) => (String(place) === field ? kind : one))
        : { ...event, [field]: kind },
    ),
  );
}
