import type { BegunState } from './state';

/**
 * Returns the booking's story so far, in Markdown, for the Temporal UI's current details. It names no patient, no
 * address and no words of the provider, because everybody who can decode payloads can read the details.
 */
export function storyOf(state: BegunState): string {
  const { named, request } = state.terms;
  const attention = state.attention.question;
  const appointment = state.appointment.held;
  const order = state.order.known;
  const lines = [
    `### ${headline(state)}`,
    `Provider **${named.provider ?? 'not known yet'}**, account **${named.account ?? 'not known yet'}**${request?.reference ? `, reference **${request.reference}**` : ''}`,
    '', // without it Markdown would join the list to the paragraph
  ];
  if (order) lines.push(`- Order \`${order.id}\` (${order.origin}): ${order.status}`);
  state.search.attempts.forEach((attempt, index) => {
    lines.push(`- Slot ${index + 1}, ${attempt.startsAt ?? 'agreed by phone'}: **${attempt.outcome}**`);
  });
  if (appointment)
    lines.push(
      `- Appointment \`${appointment.id}\`: ${appointment.status}, starts ${appointment.startsAt ?? 'at a time to be named'}`,
    );
  for (const undo of state.undo.compensation) {
    lines.push(
      `- Undo of ${undo.step}: **${undo.outcome}** after ${undo.attempts} ${undo.attempts === 1 ? 'try' : 'tries'}`,
    );
  }
  if (attention) {
    lines.push(
      '',
      `**Needs a person** since ${attention.since}: ${attention.message}`,
      `Choices: ${attention.choices.join(', ')}`,
    );
  }
  if (state.progress.failure)
    lines.push('', `Failed: **${state.progress.failure.code}**. ${state.progress.failure.message}`);
  return lines.join('\n');
}

function headline(state: BegunState): string {
  const words = state.progress.status.replaceAll('_', ' ');
  const waiting = state.progress.waitingFor;
  if (!waiting) return words;
  return `${words}: waiting for ${waiting.what}${waiting.until ? ` until ${waiting.until}` : ''}`;
}
