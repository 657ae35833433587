import { EXIT } from '../exit-codes';
import { explanationText } from '../format/explanation';
import { bookingId, type Cli, subcommand } from '../subcommand';

/** `explain <id>`: shows what a booking did and why. */
export function registerExplain(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'explain',
    description: 'Tell each call of a booking, its evidence, and why it was adopted, retried or undone.',
    examples: ['explain <id>', 'explain <id> --calls', 'explain <id> --json'],
  });
  command
    .argument('<id>', 'the booking', bookingId)
    .option('--calls', 'calls and messages only, without the waits')
    .action((id: string) =>
      run(async (session) => {
        const explanation = await (await session.bookings()).explain(id);
        const { calls } = command.opts<{ calls?: true }>();
        const steps = explanation.steps.filter(({ kind }) => !calls || kind !== 'wait');
        session.answer({ ...explanation, steps }, () => explanationText(steps, session.paint));
        return EXIT.ok;
      }),
    );
}
