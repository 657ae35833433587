import { InvalidArgumentError, Option } from 'commander';
import { bookingText } from '../format/booking';
import { type ExitCode, exitOfView } from '../exit-codes';
import { answerFollowed } from '../follow';
import { readRequest } from '../request-file';
import type { Session } from '../session';
import { type Cli, subcommand, timeoutMs } from '../subcommand';

/** The key name of the command line: an HTTP caller's equal Idempotency-Key is another key. */
const KEY_NAME = 'cli';

interface BookOptions {
  key?: string;
  wait: boolean;
  watch?: boolean;
  timeout?: number;
}

/** `book <file>`: starts a booking and follows it until it is settled. */
export function registerBook(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'book <file>',
    description: 'Book an appointment: the request is JSON in a file, or on standard input with "-".',
    examples: [
      'book examples/at-home.json',
      'book examples/at-home.json --key visit-8812 --no-wait --json',
      'book - < request.json',
    ],
  });
  command
    .option('--key <key>', 'the same key and request give the same booking, however often', idempotencyKey)
    .option('--no-wait', 'return as soon as it is started')
    .addOption(new Option('--watch', 'go on watching until the visit is over').conflicts('wait'))
    .option('--timeout <seconds>', 'stop waiting after that long; the booking goes on', timeoutMs)
    .action((file: string) => run((session) => book(session, file, command.opts<BookOptions>())));
}

async function book(session: Session, file: string, options: BookOptions): Promise<ExitCode> {
  const request = await readRequest(session.io, file);
  const bookings = await session.bookings();
  const { booking, created } = await bookings.start(request, {
    idempotencyKey: options.key,
    keyName: KEY_NAME,
  });
  session.tell(
    created ? `Booking ${booking.id} started.` : `Booking ${booking.id} was started before with this key.`,
  );
  if (options.wait) {
    const { timeout, watch: untilEnd } = options;
    return (await answerFollowed(session, { fallback: booking, timeoutMs: timeout, untilEnd })).exit;
  }
  session.answer(booking, () => bookingText(booking, session.paint));
  return exitOfView(booking);
}

function idempotencyKey(text: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(text)) return text;
  throw new InvalidArgumentError('Must be 1 to 255 printable ASCII characters without spaces.');
}
