import { InvalidArgumentError, Option } from 'commander';
import { PROVIDERS } from '../../booking/vendors';
import { STATUSES } from '../../booking/schema/view';
import { MAX_PAGE_SIZE } from '../../client/executions/visibility';
import { EXIT, type ExitCode } from '../exit-codes';
import { bookingsText } from '../format/lists';
import { incidentsText, stuckText } from '../format/ops';
import type { Session } from '../session';
import { type Cli, filterText, subcommand } from '../subcommand';

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
  incidents?: true;
  stuck?: true;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = MAX_PAGE_SIZE;

/** `list`: shows bookings, newest first. */
export function registerList(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'list',
    description: 'List bookings, newest first; may lag by a second or two.',
    examples: [
      'list --attention',
      'list --incidents',
      `list --status confirmed --provider ${PROVIDERS[0]} --limit 10`,
    ],
  });
  command
    .addOption(new Option('--status <status>', 'in this status').choices(STATUSES))
    .addOption(new Option('--provider <provider>', 'at this provider').choices(PROVIDERS))
    .option('--account <account>', 'of this account', filterText)
    .option('--attention [reason]', 'that need a person, for this reason or for any', filterText)
    .option('--order <id>', 'of this order', filterText)
    .option('--reference <reference>', 'with this reference', filterText)
    .option('--open', 'that still run')
    .option('--limit <count>', `at most this many, 1 to ${MAX_LIMIT}`, limit, DEFAULT_LIMIT)
    .option('--page <token>', 'the next ones, with the token that a list ended with', filterText)
    .addOption(
      new Option(
        '--incidents',
        'instead: what waits for a person, by reason, provider and account',
      ).conflicts(NARROWING),
    )
    .addOption(
      new Option('--stuck', 'instead: bookings that cannot report themselves').conflicts([
        'incidents',
        ...NARROWING,
      ]),
    )
    .action(() =>
      run((session) => {
        const options = command.opts<ListOptions>();
        if (options.incidents) return listIncidents(session);
        return options.stuck ? listStuck(session) : list(session, options);
      }),
    );
}

/** The options that narrow the list of bookings; they do not apply to the two other lists. */
const NARROWING = ['status', 'provider', 'account', 'attention', 'order', 'reference', 'open', 'page'];

async function listIncidents(session: Session): Promise<ExitCode> {
  const incidents = await (await session.bookings()).incidents();
  session.answer({ incidents }, () => incidentsText(incidents, session.paint));
  if (incidents.length > 0) session.tell('\nResume one: npm run booking -- bulk retry --reason <reason>');
  return EXIT.ok;
}

async function listStuck(session: Session): Promise<ExitCode> {
  const stuck = await (await session.bookings()).stuckBookings();
  session.answer(stuck, () => stuckText(stuck, session.paint));
  return EXIT.ok;
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
