import { type Command, InvalidArgumentError } from 'commander';
import { Failure } from '../booking/failures';
import type { Seen } from '../booking/messages';
import { isEndStatus } from '../booking/status';
import { msOfTime } from '../booking/times';
import { questionText } from './format/attention';
import type { Session } from './session';

/** Decisions. Each is sent with the question that it is about, so that it never answers another one. */

export interface DecisionOptions {
  since?: string;
}

/** Adds the option that names the question to a command that decides. */
export function withSince(command: Command): Command {
  return command.option(
    '--since <time>',
    'only if its question of that time is still open; "show" prints the time; without it, the question that is open now',
    time,
  );
}

/** Shows the question that the decision is about, and returns what names it. Throws when nothing is asked. */
export async function questionSeen(
  session: Session,
  id: string,
  { since }: DecisionOptions,
): Promise<Required<Seen>> {
  const { status, attention } = await (await session.bookings()).get(id);
  if (!attention) throw new Failure(isEndStatus(status) ? 'already_ended' : 'nothing_to_resolve');
  session.tell(questionText(attention, session.paint));
  return { reason: attention.reason, since: since ?? attention.since };
}

function time(text: string): string {
  const ms = msOfTime(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Give a time as "show" prints it.');
  return new Date(ms).toISOString();
}
