import { type Choice, CHOICES } from '../../booking/failures';
import type { BookingView } from '../../booking/schema/view';
import type { Paint } from './paint';
import { fieldRows } from './table';
import { momentText } from './times';

/**
 * Returns why a booking waits for a person, what was tried, and what to type for each choice; empty when it does not
 * wait.
 */
export function attentionText({ id, attention }: BookingView, paint: Paint): string {
  if (!attention) return '';
  const { since, tried, triedLeftOut, choices } = attention;
  const older = triedLeftOut > 0 ? [`  … ${triedLeftOut} older`] : [];
  return [
    questionText(attention, paint),
    ...(tried.length > 0 ? ['', paint('bold', 'Tried'), ...older, ...tried.map((line) => `  ${line}`)] : []),
    '',
    paint('bold', 'Choices'),
    fieldRows(
      choices.map((choice) => [`  ${choice}`, [meaningOf(choice), commandFor(id, choice, since)].join('\n')]),
    ),
  ].join('\n');
}

/** Returns what a person is asked, and since when. */
export function questionText(
  { reason, message, since }: NonNullable<BookingView['attention']>,
  paint: Paint,
): string {
  return [paint('yellow', `Needs a person since ${momentText(since)}: ${reason}`), message].join('\n');
}

/** Returns the command that makes a choice, for this question and no later one. */
function commandFor(id: string, choice: string, since: string): string {
  return choice === 'retry'
    ? `npm run booking -- retry ${id} --since ${since}`
    : `npm run booking -- resolve ${id} ${choice} --why "…" --since ${since}`;
}

/** Returns what a choice does. A choice of another version has no text here. */
function meaningOf(choice: string): string {
  return isChoice(choice) ? CHOICES[choice] : 'This version knows no more about it.';
}

function isChoice(choice: string): choice is Choice {
  return Object.hasOwn(CHOICES, choice);
}
