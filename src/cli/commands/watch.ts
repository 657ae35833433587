import { isFinal, isSettled } from '../../booking/status';
import type { BookingView } from '../../booking/schema/view';
import { endOfFollowing, follow, watchPrinter } from '../follow';
import type { ExitCode } from '../exit-codes';
import { bookingText } from '../format/booking';
import type { Session } from '../session';
import { bookingId, type Cli, subcommand, timeoutMs } from '../subcommand';

interface WatchOptions {
  settled?: boolean;
  timeout?: number;
}

/** `watch <id>`: shows a booking live, until it has ended. */
export function registerWatch(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'watch',
    description: 'Watch a booking live until it has ended; Ctrl-C ends the watching, not the booking.',
    examples: ['watch <id>', 'watch <id> --settled --timeout 600', 'watch <id> --json'],
    jsonForm: 'json-lines',
  });
  command
    .argument('<id>', 'the booking', bookingId)
    .option('--settled', 'stop once it is confirmed, has ended or needs a person')
    .option('--timeout <seconds>', 'stop watching after that long', timeoutMs)
    .action((id: string) => run((session) => watch(session, id, command.opts<WatchOptions>())));
}

async function watch(session: Session, id: string, options: WatchOptions): Promise<ExitCode> {
  const print = watchPrinter(session);
  const followed = await follow(session, id, {
    isDone: (view: BookingView) => (options.settled ? isSettled(view) : isFinal(view)),
    timeoutMs: options.timeout,
    onView: (view) => {
      if (session.form === 'text') print(view);
      else session.answer(view, () => '');
    },
  });
  const { view, why } = followed;
  if (view && why === 'done') session.tell(`\n${bookingText(view, session.paint)}`);
  return endOfFollowing(session, id, followed);
}
