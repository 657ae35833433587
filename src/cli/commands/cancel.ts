import { Option } from 'commander';
import type { CancelMessage } from '../../booking/messages';
import { EXIT, type ExitCode } from '../exit-codes';
import { changeBooking, type ChangeOptions, withWaiting } from '../change';
import type { Session } from '../session';
import { bookingId, type Cli, someText, subcommand } from '../subcommand';

interface CancelOptions extends ChangeOptions {
  reason?: string;
  order?: CancelMessage['order'];
  acceptFees?: boolean;
}

/** `cancel <id>`: ends a booking and undoes what it made. */
export function registerCancel(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'cancel',
    description: 'Cancel a booking: its appointment is cancelled, and an order that it placed.',
    examples: ['cancel <id> --reason "patient is travelling"', 'cancel <id> --order keep --wait'],
  });
  command
    .argument('<id>', 'the booking', bookingId)
    .option('--reason <text>', 'why, for the record', someText)
    .addOption(
      new Option('--order <what>', 'what becomes of the order, else as the request says').choices([
        'cancel',
        'keep',
      ]),
    )
    .option('--accept-fees', 'also where cancelling this late costs a fee');
  withWaiting(command).action((id: string) =>
    run((session) => cancel(session, id, command.opts<CancelOptions>())),
  );
}

/** Cancels a booking. Its end as cancelled was asked for, so it is not a failure. */
async function cancel(session: Session, id: string, options: CancelOptions): Promise<ExitCode> {
  const { reason, order, acceptFees } = options;
  const { view, exit } = await changeBooking(session, options, (bookings, by) =>
    bookings.cancel(id, { by, reason, order, acceptFees }),
  );
  return exit === EXIT.ended && view.status === 'cancelled' ? EXIT.ok : exit;
}
