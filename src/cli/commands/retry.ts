import { changeBooking, type ChangeOptions, withWaiting } from '../change';
import { type DecisionOptions, questionSeen, withSince } from '../decision';
import { bookingId, type Cli, subcommand } from '../subcommand';

/** `retry <id>`: tells a booking that needs a person to try again. */
export function registerRetry(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'retry',
    description: 'Have a booking that needs a person try again what failed.',
    examples: ['retry <id> --wait'],
  });
  command.argument('<id>', 'the booking', bookingId);
  withWaiting(withSince(command)).action((id: string) =>
    run(async (session) => {
      const options = command.opts<ChangeOptions & DecisionOptions>();
      const seen = await questionSeen(session, id, options);
      const { exit } = await changeBooking(session, options, (bookings, by) =>
        bookings.retry(id, { ...seen, by }),
      );
      return exit;
    }),
  );
}
