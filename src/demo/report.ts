import { isDeepStrictEqual } from 'node:util';
import Table from 'cli-table3';
import type { Played } from './play';
import { expectedOf, type Ending } from './scene';

/** Prints the demo's scenes. */

/** Returns true when a scene ended as it should. */
export function isAsExpected({ scene, seen }: Played): boolean {
  return isDeepStrictEqual(expectedOf(scene), seen);
}

/** Returns the line of a scene that has just ended, with its story below. `ms` is the time since the first began. */
export function lineOf(played: Played, ms: number): string {
  const seconds = (ms / 1_000).toFixed(1).padStart(5);
  const { name, story } = played.scene;
  return `${seconds} s ${markOf(played)} ${name}\n          ${story}`;
}

/** What the words of the table mean. */
export const LEGEND = [
  '"slots" shows the outcome of each slot that was tried, in order; the line below shows what else the scene tells.',
  "The last column is what the provider's stand-in holds at the end: never two appointments, and nothing of a booking",
  'that ended unbooked, except an order that its caller wanted kept.',
].join('\n');

/** Returns the table at the end. */
export function tableOf(all: readonly Played[]): string {
  const table = new Table({
    head: ['scenario', 'expected', 'seen', 'live at the provider'],
    colWidths: [30, 32, 32, 26],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const played of all) {
    const expected = expectedOf(played.scene);
    const { seen } = played;
    table.push([
      `${markOf(played)} ${played.scene.name}`,
      outcomeOf(expected),
      outcomeOf(seen),
      liveOf(seen, expected),
    ]);
  }
  return table.toString();
}

function markOf(played: Played): string {
  return isAsExpected(played) ? '✓' : '✗';
}

function outcomeOf({ status, failure, attempts, paused, facts, trouble }: Ending): string {
  const lines = [
    failure ? `${status}: ${failure}` : status,
    attempts.length > 0 && `slots: ${attempts.join(', ')}`,
    paused && `paused: ${paused}`,
    ...facts,
    trouble && `not played to its end: ${trouble}`,
  ];
  return lines.filter(Boolean).join('\n');
}

function liveOf({ live }: Ending, { live: expected }: Ending): string {
  const isRight = isDeepStrictEqual(live, expected);
  return isRight ? counted(live) : `${counted(live)}\n(expected ${counted(expected)})`;
}

function counted({ appointments, orders }: Ending['live']): string {
  return `${plural(appointments, 'appointment')}, ${plural(orders, 'order')}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
