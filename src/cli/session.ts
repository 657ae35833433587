import type { BookingClient } from '../client/booking-client';
import { type Trouble, troubleOf } from './errors';
import type { ExitCode } from './exit-codes';
import { fieldRows } from './format/table';
import { type Paint, paintOn } from './format/paint';
import { type Connected, type ConnectedKeys, type Io, type KeyList, writeLines } from './io';

/** How a command answers: text for people, one JSON document, or one JSON line per change. */
export type AnswerForm = 'text' | 'json' | 'json-lines';

/** One command at work. */
export interface Session {
  io: Io;
  form: AnswerForm;
  paint: Paint;
  /** Returns the bookings. Temporal is reached at the first call, so not if the command is wrong already. */
  bookings(): Promise<BookingClient>;
  /** Returns the encryption keys, reached as the bookings are. */
  keys(): Promise<KeyList>;
  /** Gives the answer: `document` for programs, `text` for people. */
  answer(document: unknown, text: () => string): void;
  /** Says something to people on the way to the answer; nothing for programs. */
  tell(text: string): void;
}

/**
 * Does a command's work and returns its exit code. An error is told to the person, and to programs as `{"error": …}`
 * too. The connection is closed at the end. Never throws.
 */
export async function withSession(
  io: Io,
  { form, debug }: { form: AnswerForm; debug: boolean },
  work: (session: Session) => Promise<ExitCode>,
): Promise<ExitCode> {
  let connected: Promise<Connected> | null = null;
  let connectedKeys: Promise<ConnectedKeys> | null = null;
  const session: Session = {
    io,
    form,
    paint: paintOn(io.stdout),
    bookings: async () => {
      connected ??= io.connect();
      return (await connected).bookings;
    },
    keys: async () => {
      connectedKeys ??= io.connectKeys();
      return (await connectedKeys).keys;
    },
    answer: (document, text) => {
      if (form === 'text') writeLines(io.stdout, text());
      else io.stdout.write(`${jsonText(document, form)}\n`);
    },
    tell: (text) => {
      if (form === 'text') writeLines(io.stdout, text);
    },
  };
  try {
    return await work(session);
  } catch (err) {
    const trouble = troubleOf(err);
    tellTrouble(io, form, trouble);
    if (debug && err instanceof Error) io.stderr.write(`${err.stack ?? err.message}\n`);
    return trouble.exit;
  } finally {
    await closed(connected);
    await closed(connectedKeys);
  }
}

/** Tells what went wrong, to people on stderr and to programs on stdout as well. */
export function tellTrouble(
  io: Io,
  form: AnswerForm,
  { exit, code, message, fields, advice }: Trouble,
): void {
  const rows = fieldRows(fields.map(({ field, hint }) => [`  ${field}`, hint]));
  writeLines(io.stderr, [message, rows, advice].filter(Boolean).join('\n'));
  if (form !== 'text') io.stdout.write(`${jsonText({ error: { code, message, fields, exit } }, form)}\n`);
}

function jsonText(document: unknown, form: AnswerForm): string {
  return JSON.stringify(document, null, form === 'json' ? 2 : undefined);
}

/**
 * Closes a connection. Errors are ignored: a failed connection was told about, and a failed close does not change the
 * answer.
 */
async function closed(connected: Promise<{ close(): Promise<void> }> | null): Promise<void> {
  await connected?.then((one) => one.close()).catch(() => undefined);
}
