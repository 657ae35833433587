import { type Choice, CHOICES } from '../../booking/failures';
import type { BookingView } from '../../booking/schema/view';
import type { Paint } from './paint';
import { fieldRows } from './table';
import { momentText } from './times';

/** Why a booking waits for a person, what was tried, and what to type for each choice; empty when it does not wait. */
export function attentionText({ id, attention }: BookingView, paint: Paint): string {
  if (!attention) return '';
  const { reason, message, since, tried, triedLeftOut, choices } = attention;
  const older = triedLeftOut > 0 ? [`  … ${triedLeftOut} older`] : [];
  return [
    paint('yellow', `Needs a person since ${momentText(since)}: ${reason}`),
    message,
    ...(tried.length > 0 ? ['', paint('bold', 'Tried'), ...older, ...tried.map((line) => `  ${line}`)] : []),
    '',
    paint('bold', 'Choices'),
    fieldRows(
      choices.map((choice) => [`  ${choice}`, [meaningOf(choice), commandFor(id, choice)].join('\n')]),
    ),
  ].join('\n');
}

/** The command that makes a choice. */
function commandFor(id: string, choice: string): string {
  return choice === 'retry'
    ? `npm run booking -- retry ${id}`
    : `npm run booking -- resolve ${id} ${choice} --why "…"`;
}

/** A choice of another version is offered without a text. */
function meaningOf(choice: string): string {
  return isChoice(choice) ? CHOICES[choice] : 'This version knows no more about it.';
}

function isChoice(choice: string): choice is Choice {
  return Object.hasOwn(CHOICES, choice);
}
