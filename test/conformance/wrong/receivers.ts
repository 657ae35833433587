import { isDeepStrictEqual } from 'node:util';
import type { News, NewsReader } from '../../../src/providers/news';
import type { NewsPart, Verifier } from '../../../src/providers/vendor';
import { BOOKING_ID } from '../webhooks/receiver';

/**
 * Wrong receivers: each is a vendor's right part with one mistake around it. The webhook kit must notice each in the
 * case that is named with it.
 */
export interface WrongReceiver {
  /** What it does wrong, after "a receiver that". docs/adding-a-provider.md lists it in these words. */
  what: string;
  /** The whole name of the case that notices it. */
  case: string;
  /** How that case fails. */
  fails: RegExp;
  spoil(right: NewsPart): NewsPart;
}

/** Checks signatures otherwise. */
function checking(
  right: NewsPart,
  change: (check: Verifier, secrets: readonly string[]) => Verifier,
): NewsPart {
  return { ...right, verifier: (secrets) => change(right.verifier(secrets), secrets) };
}

/** Reads events otherwise. */
function reading(right: NewsPart, change: (reader: NewsReader) => Partial<NewsReader>): NewsPart {
  return {
    ...right,
    reader() {
      const reader = right.reader();
      return { ...reader, ...change(reader) };
    },
  };
}

const OURS: News = {
  kind: 'order',
  event: 'other',
  orderId: null,
  bookingId: BOOKING_ID,
  live: false,
  said: null,
};

/** The event as it is written when nobody wrote it by hand. */
function writtenAnew(body: Buffer): Buffer {
  return Buffer.from(JSON.stringify(JSON.parse(body.toString())));
}

/** What is not JSON, or is no object, throws. */
function fieldsOf(body: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body ?? {}));
}

export const WRONG_RECEIVERS: readonly WrongReceiver[] = [
  {
    what: 'checks no signature',
    case: 'an event that somebody else signed is refused',
    fails: /401/,
    spoil: (right) => checking(right, () => () => true),
  },
  {
    what: 'lets in what bears no proof',
    case: 'without its whole proof no event is let in',
    fails: /401/,
    spoil: (right) =>
      checking(
        right,
        (check) => (body, headers) =>
          !Object.keys(headers).some((name) => name.includes('signature')) || check(body, headers),
      ),
  },
  {
    what: 'checks what an event says, written anew, and not its bytes',
    case: 'the bytes are checked, however they are written',
    fails: /204/,
    spoil: (right) => checking(right, (check) => (body, headers) => check(writtenAnew(body), headers)),
  },
  {
    what: 'checks an event without the spaces around it',
    case: 'one byte more is another event, also when it says the same',
    fails: /401/,
    spoil: (right) =>
      checking(right, (check) => (body, headers) => check(Buffer.from(body.toString().trim()), headers)),
  },
  {
    what: 'checks the bytes as text',
    case: 'what is no event is taken, so that it does not come again',
    fails: /204/,
    spoil: (right) =>
      checking(right, (check) => (body, headers) => check(Buffer.from(body.toString()), headers)),
  },
  {
    what: 'lets everything in while it has no secret',
    case: 'where no secret is set, nothing is let in',
    fails: /401/,
    spoil: (right) => checking(right, (check, secrets) => (secrets.length === 0 ? () => true : check)),
  },
  {
    what: 'knows one secret only',
    case: 'while a secret is replaced, the old one and the new one count',
    fails: /204/,
    spoil: (right) => checking(right, (_check, secrets) => right.verifier(secrets.slice(0, 1))),
  },
  {
    what: 'does not find the booking in its news',
    case: 'news of a booking wakes it',
    fails: /0123456789/,
    spoil: (right) => reading(right, () => ({ newsOf: () => null })),
  },
  {
    what: 'takes news of others for its own',
    case: 'an event of what no booking has is taken, and wakes nobody',
    fails: /0123456789/,
    spoil: (right) => reading(right, ({ newsOf }) => ({ newsOf: (body) => newsOf(body) && OURS })),
  },
  {
    what: 'wakes a booking for whatever comes',
    case: 'what is no event is taken, so that it does not come again',
    fails: /0123456789/,
    spoil: (right) => reading(right, ({ newsOf }) => ({ newsOf: (body) => newsOf(body) ?? OURS })),
  },
  {
    what: 'fails at a type that it does not know',
    case: 'an event of a type that is not known is taken, and counted as other',
    fails: /204/,
    spoil: (right) =>
      reading(right, ({ newsOf }) => ({
        newsOf(body) {
          const news = newsOf(body);
          if (!news) throw new Error('no such event');
          return news;
        },
      })),
  },
  {
    what: 'counts types by the names that they come with',
    case: 'an event of a type that is not known is taken, and counted as other',
    fails: /unheard\.of/,
    spoil: (right) => reading(right, () => ({ eventLabel: (body) => String(fieldsOf(body).event_type) })),
  },
  {
    what: 'trusts that fields are as documented',
    case: 'an event of another shape is taken: fields may be of any kind, or missing',
    fails: /204/,
    spoil: (right) =>
      reading(right, ({ newsOf }) => ({
        newsOf(body) {
          const news = newsOf(body);
          if (isDeepStrictEqual(fieldsOf(fieldsOf(body).data), {})) throw new Error('an event has its data');
          return news;
        },
      })),
  },
  {
    what: 'refuses a secret that its vendor makes',
    case: 'a secret that the settings take is one to check with',
    fails: /too plain/,
    spoil: (right) => ({ ...right, secretFault: () => 'is too plain' }),
  },
];
