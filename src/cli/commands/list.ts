import { InvalidArgumentError, Option } from 'commander';
import { PROVIDERS } from '../../booking/model';
import { STATUSES } from '../../booking/schema/view';
import { EXIT, type ExitCode } from '../exit-codes';
import { bookingsText } from '../format/lists';
import type { Session } from '../session';
import { type Cli, subcommand } from '../subcommand';

interface ListOptions {
  status?: string;
  provider?: string;
  account?: string;
  attention?: string | true;
  order?: string;
  reference?: string;
  open?: true;
  limit: number;
  page?: string;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;

/** `list`: bookings, newest first. */
export function registerList(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'list',
    description: 'List bookings, newest first; may lag them by a second or two.',
    examples: ['list --attention', 'list --status confirmed --provider junction-phlebotomy --limit 10'],
  });
  command
    .addOption(new Option('--status <status>', 'in this status').choices(STATUSES))
    .addOption(new Option('--provider <provider>', 'at this provider').choices(PROVIDERS))
    .option('--account <account>', 'of this account')
    .option('--attention [reason]', 'that need a person, for this reason or for any')
    .option('--order <id>', 'of this order')
    .option('--reference <reference>', 'with this reference')
    .option('--open', 'that still run')
    .option('--limit <count>', `at most this many, 1 to ${MAX_LIMIT}`, limit, DEFAULT_LIMIT)
    .option('--page <token>', 'the next ones, with the token that a list ended with')
    .action(() => run((session) => list(session, command.opts<ListOptions>())));
}

async function list(session: Session, options: ListOptions): Promise<ExitCode> {
  const {
    order,
    limit: pageSize,
    page: pageToken,
    status,
    provider,
    account,
    attention,
    reference,
    open,
  } = options;
  const filter = {
    status,
    provider,
    account,
    attention,
    reference,
    open,
    orderId: order,
    pageSize,
    pageToken,
  };
  const page = await (await session.bookings()).list(filter);
  session.answer(page, () => bookingsText(page.bookings, session.paint));
  if (page.nextPageToken !== null) session.tell(`\nThere are more: --page ${page.nextPageToken}`);
  return EXIT.ok;
}

function limit(text: string): number {
  const count = Number(text);
  if (text.trim() !== '' && Number.isInteger(count) && count >= 1 && count <= MAX_LIMIT) return count;
  throw new InvalidArgumentError(`Give a whole number, 1 to ${MAX_LIMIT}.`);
}
