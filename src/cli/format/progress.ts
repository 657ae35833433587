import type { BookingView } from '../../booking/schema/view';
import { stalledText, waitText } from './booking';
import { type Paint, statusText, words } from './paint';
import { clockText, slotText } from './times';

/** The width of the longest status, so that what follows stands in one column. */
const STATUS_WIDTH = 'awaiting confirmation'.length;

/**
 * Returns on one line what changed from one view to the next: when, the status, and each new fact (all facts when
 * `previous` is null). Returns null when nothing changed that people see.
 */
export function changeLine(previous: BookingView | null, view: BookingView, paint: Paint): string | null {
  // Both use the same place, so that a slot is not news just because the place's zone became known.
  const place = view.appointment?.timezone ? view.appointment : (previous?.appointment ?? null);
  const known = previous ? factsOf(previous, place) : [];
  const news = factsOf(view, place).filter((fact) => !known.includes(fact));
  if (previous?.status === view.status && news.length === 0) return null;
  const padding = ' '.repeat(Math.max(0, STATUS_WIDTH - view.status.length));
  const status = `${statusText(view.status, paint)}${padding}`;
  return [paint('dim', clockText(view.updatedAt)), status, news.join(' · ')].join('  ').trimEnd();
}

function factsOf(view: BookingView, place: BookingView['appointment']): string[] {
  const { order, appointment, waitingFor, stalled, attention, failure } = view;
  return [
    order && `order ${order.id} ${order.status}`,
    ...view.attempts.map(({ startsAt, outcome, reason }, index) =>
      [`slot ${view.attemptsLeftOut + index + 1}, ${slotText(startsAt, place)}: ${words(outcome)}`, reason]
        .filter(Boolean)
        .join(', '),
    ),
    appointment && `appointment ${appointment.status} at ${appointment.provider}`,
    waitingFor && `waits for ${waitText(waitingFor)}`,
    ...view.compensation.map(({ step, outcome }) => `undo of the ${step}: ${words(outcome)}`),
    stalled && `stands still: ${stalledText(stalled)}`,
    attention && `needs a person: ${attention.reason}`,
    failure && `failed: ${failure.code}`,
  ].filter((fact) => fact !== null);
}
