import { exitOfView } from '../exit-codes';
import { bookingText } from '../format/booking';
import { bookingId, type Cli, subcommand } from '../subcommand';

/** `show <id>`: shows a booking as it stands. */
export function registerShow(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'show',
    description: 'Show a booking as it stands.',
    examples: ['show <id>', 'show <id> --json'],
  });
  command.argument('<id>', 'the booking', bookingId).action((id: string) =>
    run(async (session) => {
      const view = await (await session.bookings()).get(id);
      session.answer(view, () => bookingText(view, session.paint));
      return exitOfView(view);
    }),
  );
}
