import { EXIT } from '../exit-codes';
import { slotsText } from '../format/lists';
import { readRequest } from '../request-file';
import { type Cli, subcommand } from '../subcommand';

/** `slots <file>`: shows the slots that a booking would try. */
export function registerSlots(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'slots <file>',
    description: 'Show the slots that a booking with this request would try, best first; books nothing.',
    examples: ['slots examples/at-home.json', 'slots - --json < request.json'],
  });
  command.action((file: string) =>
    run(async (session) => {
      const request = await readRequest(session.io, file);
      const found = await (await session.bookings()).findSlots(request);
      session.answer(found, () => slotsText(found));
      return EXIT.ok;
    }),
  );
}
