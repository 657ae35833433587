import { Argument } from 'commander';
import { type Choice, CHOICES } from '../../booking/failures';
import { changeBooking, type ChangeOptions, withWaiting } from '../change';
import { type DecisionOptions, questionSeen, withSince } from '../decision';
import { fieldRows } from '../format/table';
import { bookingId, type Cli, someText, subcommand } from '../subcommand';

interface ResolveOptions extends ChangeOptions, DecisionOptions {
  why: string;
}

/** `resolve <id> <choice> --why …`: sends a person's decision about a booking. */
export function registerResolve(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'resolve',
    description: 'Decide about a booking that needs a person; "show" tells which choices it offers.',
    examples: [
      'resolve <id> end --why "the clinic closed"',
      'resolve <id> undone --why "cancelled by phone"',
    ],
  });
  command
    .argument('<id>', 'the booking', bookingId)
    .addArgument(new Argument('<choice>', 'what to do').choices(Object.keys(CHOICES)))
    .requiredOption('--why <text>', 'why, for the record', someText)
    .addHelpText('after', `\nChoices:\n${choicesText()}`);
  withWaiting(withSince(command)).action((id: string, choice: Choice) =>
    run(async (session) => {
      const options = command.opts<ResolveOptions>();
      const message = { choice, why: options.why, ...(await questionSeen(session, id, options)) };
      const { exit } = await changeBooking(session, options, (bookings, by) =>
        bookings.resolve(id, { ...message, by }),
      );
      return exit;
    }),
  );
}

function choicesText(): string {
  return fieldRows(Object.entries(CHOICES).map(([choice, meaning]) => [`  ${choice}`, meaning]));
}
