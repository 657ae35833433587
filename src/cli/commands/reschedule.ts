import { Option } from 'commander';
import { DAYS } from '../../booking/schema/request';
import type { RescheduleMessage } from '../../booking/messages';
import { moveErrors } from '../../booking/schema/check-request';
import { changeBooking, type ChangeOptions, withWaiting } from '../change';
import { UsageError } from '../errors';
import { EXIT, type ExitCode } from '../exit-codes';
import { readJson } from '../request-file';
import type { Session } from '../session';
import { bookingId, type Cli, subcommand } from '../subcommand';

interface RescheduleOptions extends ChangeOptions {
  from?: string;
  to?: string;
  days?: string[];
  hours?: string;
  slot?: string;
  acceptFees?: boolean;
}

/** `reschedule <id>`: moves a confirmed booking to another window or slot. */
export function registerReschedule(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'reschedule',
    description: 'Move a confirmed booking; its appointment stands until the new one is held.',
    examples: [
      'reschedule <id> --from +3d --to +9d --days mon,thu --hours 07:00-11:00 --wait',
      'reschedule <id> --slot slot.json',
    ],
  });
  command
    .argument('<id>', 'the booking', bookingId)
    .option('--from <day>', 'first day, like 2026-12-07 or +3d')
    .option('--to <day>', 'last day')
    .option('--days <days>', `only these weekdays: ${DAYS.join(',')}`, (text) => text.split(','))
    .option('--hours <span>', 'only at these hours, by the clock at the place, like 07:00-11:00')
    .addOption(
      new Option(
        '--slot <file>',
        'this slot and no other: JSON with key, startsAt and endsAt ("-": standard input)',
      ).conflicts(['from', 'to', 'days', 'hours']),
    )
    .option('--accept-fees', 'also where moving this late costs a fee');
  withWaiting(command).action((id: string) =>
    run((session) => reschedule(session, id, command.opts<RescheduleOptions>())),
  );
}

async function reschedule(session: Session, id: string, options: RescheduleOptions): Promise<ExitCode> {
  const move = await moveOf(session, options);
  const errors = moveErrors(move, { now: new Date() });
  if (errors.length > 0) {
    throw new UsageError('It cannot be moved there; nothing was sent.', 'invalid_request', errors);
  }
  const { acceptFees } = options;
  const { view, exit } = await changeBooking(session, options, (bookings, by) =>
    bookings.reschedule(id, { ...move, acceptFees, by }),
  );
  return wasRefused(view.lastRequest) ? EXIT.refused : exit;
}

async function moveOf(
  session: Session,
  { from, to, days, hours, slot }: RescheduleOptions,
): Promise<Pick<RescheduleMessage, 'windows' | 'slot'>> {
  if (slot !== undefined) return { slot: await readJson(session.io, slot) };
  if (from === undefined || to === undefined) {
    throw new UsageError('Give --from and --to, or --slot; nothing was sent.');
  }
  return { windows: [JSON.parse(JSON.stringify({ from, to, days, hours }))] };
}

/**
 * Returns true when the last move was refused. An accepted move may still come to nothing; the last request then says
 * so.
 */
function wasRefused(last: { kind: string; outcome: string } | null): boolean {
  return last?.kind === 'reschedule' && last.outcome === 'refused';
}
