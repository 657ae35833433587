import { setTimeout as pause } from 'node:timers/promises';
import { Argument, InvalidArgumentError, Option } from 'commander';
import { PROVIDERS } from '../../booking/vendors';
import type { Bulk } from '../../client/booking-client';
import { EXIT, type ExitCode } from '../exit-codes';
import { bulkText } from '../format/ops';
import type { Session } from '../session';
import { type Cli, subcommand } from '../subcommand';

interface BulkOptions {
  reason: string;
  provider?: string;
  account?: string;
  rate: number;
  wait: boolean;
}

const LOOK_EVERY_MS = 1_000;
const DEFAULT_RATE = 5;
const MIN_RATE = 0.1;
const MAX_RATE = 50;

/** `bulk retry`: tells all bookings of an incident to try again. */
export function registerBulk(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'bulk',
    description:
      'Have all bookings that wait for one reason try again; it goes on when this command is stopped.',
    examples: [`bulk retry --reason credentials_rejected --provider ${PROVIDERS[0]} --account default`],
  });
  command
    .addArgument(new Argument('<what>', 'what to do').choices(['retry']))
    .requiredOption('--reason <reason>', 'that wait for this reason; see list --incidents')
    .addOption(new Option('--provider <provider>', 'at this provider').choices(PROVIDERS))
    .option('--account <account>', 'of this account')
    .option('--rate <count>', 'so many a second', rate, DEFAULT_RATE)
    .option('--no-wait', 'return as soon as it has begun')
    .action(() => run((session) => bulk(session, command.opts<BulkOptions>())));
}

async function bulk(session: Session, options: BulkOptions): Promise<ExitCode> {
  const { reason, provider, account, rate: ratePerSecond, wait } = options;
  const bookings = await session.bookings();
  const begun = await bookings.resume(
    { reason, provider, account, ratePerSecond },
    `cli:${session.io.operator}`,
  );
  const last = wait ? await followed(session, begun) : begun;
  session.answer(last, () => bulkText(last));
  if (wait && !last.done) return EXIT.interrupted;
  return last.failed > 0 ? EXIT.attention : EXIT.ok;
}

/** Tells how far a resumption has come, until it is done or Ctrl-C comes. It goes on by itself in any case. */
async function followed(session: Session, begun: Bulk): Promise<Bulk> {
  const bookings = await session.bookings();
  const stop = new AbortController();
  const forget = session.io.onInterrupt(() => stop.abort());
  let last = begun;
  try {
    while (!stop.signal.aborted) {
      const now = await bookings.resumption(begun.id);
      if (turnsOf(now) !== turnsOf(last)) session.tell(bulkText(now));
      last = now;
      if (now.done) break;
      await pause(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    forget();
  }
  return last;
}

/** Returns how many bookings have had their turn. */
function turnsOf({ resumed, passedOver, changed }: Bulk): number {
  return resumed + passedOver + changed;
}

function rate(text: string): number {
  const count = Number(text);
  if (text.trim() !== '' && count >= MIN_RATE && count <= MAX_RATE) return count;
  throw new InvalidArgumentError(`Give a number, ${MIN_RATE} to ${MAX_RATE}.`);
}
