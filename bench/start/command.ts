import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { table } from '../../src/docs/tables';
import type { Command, Found } from '../command';
import { median } from '../measure/statistics';
import { measureStart, type StartFigures } from './run';

const PLAN = { starts: 3, idleMs: 30_000 };

/** `npm run bench -- start` */
export const start: Command = (args) => {
  parseArgs({ args: [...args], options: {} });
  return async (tell): Promise<Found> => {
    const [loadBefore = 0] = loadavg();
    const figures = await measureStart(PLAN, tell);
    const page = startPage(figures, loadBefore);
    return { page, figures: { ...figures, loadBefore }, kept: { 'start.md': `${page}\n` } };
  };
};

/** A run as a page. */
export function startPage({ readyMs, idleBytes }: StartFigures, loadBefore: number): string {
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const sum = idleBytes.reduce((all, { bytes }) => all + bytes, 0);
  const seconds = readyMs.map((ms) => (ms / 1_000).toFixed(1)).join(', ');
  return [
    '# `npm start`',
    `Written by \`npm run bench -- start\`; the load of the machine was ${loadBefore.toFixed(2)} when it began.`,
    `Ready after ${(median(readyMs) / 1_000).toFixed(1)} s, in a new data directory (${seconds}).`,
    `Its processes hold ${mb(sum)} after ${PLAN.idleMs / 1_000} s without a booking:`,
    table(
      ['process', 'memory'],
      idleBytes.map(({ process, bytes }) => [process, mb(bytes)]),
    ),
  ].join('\n\n');
}
