import type { Outcome } from './play';

/** How an outcome of the simulator is like that of the real server. */
export type Likeness = 'equal' | 'equal but for tries' | 'different';

/** Equal, or equal once tries that a clock counts are told as one. */
export function likenessOf(real: Outcome, simulated: Outcome): Likeness {
  if (isSame(plain(real), plain(simulated))) return 'equal';
  return isSame(inShort(real), inShort(simulated)) ? 'equal but for tries' : 'different';
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function plain({ histories, end }: Outcome): Outcome {
  return { histories: histories?.map(comparable) ?? null, end };
}

function inShort({ histories, end }: Outcome): Outcome {
  return { histories: histories?.map((events) => withoutRepeats(comparable(events))) ?? null, end };
}

/**
 * The commands of each workflow task, and the messages, in their order. Left out is what chance decides on either: tasks
 * that bring no command, and whether a poll was under way or paused when it was given up.
 */
function comparable(events: readonly string[]): string[] {
  return events.filter((event, at) => {
    if (event === 'WorkflowTaskCompleted') return !FROM_OUTSIDE.test(events[at + 1] ?? event);
    return !LEFT_OUT.test(event);
  });
}

const LEFT_OUT = /^WorkflowTask|^ActivityTaskStarted|^ActivityTask(Canceled|Completed|Failed) await/;

/** Events that no command of the workflow's own makes. */
const FROM_OUTSIDE =
  /^WorkflowTask|^WorkflowExecution(Signaled|CancelRequested)|^TimerFired|^ActivityTask(Started|Completed|Failed|TimedOut|Canceled)/;

/** Longest round of a retry, in events. */
const MOST_EVENTS = 24;

/** Rounds that follow one another and are the same, told once: how many there are in a time is the clock's. */
function withoutRepeats(events: readonly string[]): string[] {
  const kept: string[] = [];
  for (const event of events) {
    kept.push(event);
    for (let length = 1; length <= Math.min(MOST_EVENTS, kept.length / 2); length += 1)
      if (isRepeated(kept, length)) {
        kept.splice(-length);
        break;
      }
  }
  return kept;
}

function isRepeated(kept: readonly string[], length: number): boolean {
  const from = kept.length - length;
  for (let n = from; n < kept.length; n += 1) if (kept[n] !== kept[n - length]) return false;
  return true;
}

/** Where they differ first, for whoever looks into it. */
export function differenceOf(real: Outcome, simulated: Outcome): string {
  const [one, other] = [linesOf(plain(real)), linesOf(plain(simulated))];
  const at = one.findIndex((line, index) => line !== other[index]);
  const from = at < 0 ? one.length : at;
  const shown = (lines: string[]): string =>
    [
      ...lines.slice(Math.max(0, from - BEFORE), from),
      ...lines.slice(from, from + AFTER).map((line) => `> ${line}`),
    ]
      .map((line) => `    ${line}`)
      .join('\n');
  return `  on the real server\n${shown(one)}\n  in the simulator\n${shown(other)}`;
}

const BEFORE = 12;
const AFTER = 8;

function linesOf({ histories, end }: Outcome): string[] {
  const runs = (histories ?? []).flatMap((events, run) => [`run ${run + 1}`, ...events]);
  return [...runs, ...JSON.stringify(end, null, 1).split('\n')];
}
