import { InvalidArgumentError, Option } from 'commander';
import { PROVIDERS, type ProviderName } from '../../booking/vendors';
import { EXIT, type ExitCode } from '../exit-codes';
import { auditText } from '../format/ops';
import type { Session } from '../session';
import { type Cli, subcommand } from '../subcommand';

interface AuditOptions {
  provider?: ProviderName;
  account?: string;
  days: number;
}

const DEFAULT_DAYS = 30;
const MAX_DAYS = 365;

/** `audit`: shows mismatches between bookings and providers. */
export function registerAudit(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'audit',
    description: 'Compare bookings with providers, in both directions; only reads.',
    examples: ['audit', `audit --provider ${PROVIDERS[0]} --days 7 --json`],
  });
  command
    .addOption(new Option('--provider <provider>', 'at this provider').choices(PROVIDERS))
    .option('--account <account>', 'of this account')
    .option('--days <days>', 'open bookings, and what began so many days ago at most', days, DEFAULT_DAYS)
    .action(() => run((session) => audit(session, command.opts<AuditOptions>())));
}

async function audit(session: Session, { provider, account, days: back }: AuditOptions): Promise<ExitCode> {
  const report = await (await session.bookings()).audit({ provider, account, days: back });
  session.answer(report, () => auditText(report, session.paint));
  return report.findings.length > 0 ? EXIT.attention : EXIT.ok;
}

function days(text: string): number {
  const count = Number(text);
  if (text.trim() !== '' && Number.isInteger(count) && count >= 1 && count <= MAX_DAYS) return count;
  throw new InvalidArgumentError(`Give a whole number, 1 to ${MAX_DAYS}.`);
}
