import type { Command } from 'commander';
import type { BookingView } from '../booking/schema/view';
import type { BookingClient } from '../client/booking-client';
import { EXIT, type ExitCode } from './exit-codes';
import { answerFollowed } from './follow';
import { bookingText } from './format/booking';
import type { Session } from './session';
import { timeoutMs } from './subcommand';

/** Sends messages to a booking, and waits for their effect on request. */

export interface ChangeOptions {
  wait?: boolean;
  timeout?: number;
}

/** Adds the options of waiting to a command that changes a booking. */
export function withWaiting(command: Command): Command {
  return command
    .option('--wait', 'wait until it has had its effect and the booking is settled')
    .option('--timeout <seconds>', 'with --wait: stop waiting after that long', timeoutMs);
}

/** Sends a message in the operator's name, and shows the booking that accepted it; with `wait`, once it is settled. */
export async function changeBooking(
  session: Session,
  { wait, timeout }: ChangeOptions,
  send: (bookings: BookingClient, by: string) => Promise<BookingView>,
): Promise<{ view: BookingView; exit: ExitCode }> {
  const view = await send(await session.bookings(), `cli:${session.io.operator}`);
  session.tell('Accepted.');
  if (wait) return answerFollowed(session, { fallback: view, timeoutMs: timeout });
  session.answer(view, () => bookingText(view, session.paint));
  return { view, exit: EXIT.ok };
}
