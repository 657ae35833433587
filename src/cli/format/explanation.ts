import type { ExplainedStep } from '../../client/booking-client';
import type { Paint } from './paint';
import { clockText } from './times';
import { fieldRows } from './table';

/** Returns what a booking did, step by step; under each what it showed, and why the booking went on as it did. */
export function explanationText(steps: readonly ExplainedStep[], paint: Paint): string {
  let day = '';
  const rows = steps.map((step): [string, string] => {
    const today = step.at.slice(0, 10);
    const head = today === day ? '' : `${paint('bold', today)}\n`;
    day = today;
    const clock = `${head}${paint('dim', clockText(step.at))}`;
    return [clock, `${head && '\n'}${stepText(step, paint)}`];
  });
  return fieldRows(rows);
}

function stepText(
  { kind, what, name, attempts, shows, why, at, until }: ExplainedStep,
  paint: Paint,
): string {
  const tries = attempts !== null && attempts > 1 ? `, ${attempts} tries` : '';
  const call = kind === 'call' && name !== what ? ` (${name ?? ''}${tries})` : tries;
  const took = until === null ? '' : ` ${paint('dim', secondsText(at, until))}`;
  return [
    `${kind === 'call' ? what : paint('dim', what)}${call}${took}`,
    shows && `  ${shows}`,
    why && `  ${paint('yellow', why)}`,
  ]
    .filter(Boolean)
    .join('\n');
}

function secondsText(at: string, until: string): string {
  return `${((Date.parse(until) - Date.parse(at)) / 1000).toFixed(1)} s`;
}
