import { ARMS, type ArmName } from '../arm-names';
import { playedBy, roundsOf } from '../measure/comparison';
import type { Round } from '../measure/round';
import { spread, type Spread } from '../measure/statistics';

/** A run as a picture: a panel for each figure, a group of bars for each load, a bar for each arm. */

/** As wide as the names of all arms are. */
const LEAST_WIDTH = 960;
const MARGIN = { left: 24, top: 64 };
const PANEL = { height: 190, gap: 74 };
const BAR_WIDTH = 22;
const BAR_GAP = 4;
const GROUP_GAP = 36;

const COLOURS: Readonly<Record<ArmName, string>> = {
  direct: '#9aa0a6',
  plain: '#d08c3c',
  ours: '#2f6fb3',
  'plain-eager': '#e8c08f',
  'ours-eager': '#8fb8e0',
};

/** The figures that are drawn. */
const PANELS: readonly { title: string; of: 'perSecond' | 'p50Ms' | 'workerCpuMs'; digits: number }[] = [
  { title: 'Bookings a second', of: 'perSecond', digits: 1 },
  { title: 'Half of the bookings were confirmed within, ms', of: 'p50Ms', digits: 0 },
  { title: 'CPU of the worker a booking, ms', of: 'workerCpuMs', digits: 0 },
];

/** An SVG of the medians; a line over each bar goes from the least to the greatest of the rounds. */
export function chart(rounds: readonly Round[]): string {
  const height = MARGIN.top + PANELS.length * (PANEL.height + PANEL.gap);
  const groups = [...playedBy(rounds)].map(([load, arms]) => ({ load, arms }));
  const width = Math.max(
    LEAST_WIDTH,
    2 * MARGIN.left + groups.reduce((sum, group) => sum + widthOf(group), 0),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...legend([...new Set(rounds.map(({ arm }) => arm))]),
    ...PANELS.flatMap((panel, index) => {
      const top = MARGIN.top + index * (PANEL.height + PANEL.gap);
      return [
        `<line x1="${MARGIN.left}" y1="${top + PANEL.height}" x2="${width - MARGIN.left}" y2="${top + PANEL.height}" stroke="#5f6368"/>`,
        ...panelOf(rounds, groups, panel, top),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}

function legend(arms: readonly ArmName[]): string[] {
  return arms.flatMap((arm, index) => {
    const x = MARGIN.left + index * 180;
    return [
      `<rect x="${x}" y="20" width="12" height="12" fill="${COLOURS[arm]}"/>`,
      text(x + 18, 31, ARMS[arm].label),
    ];
  });
}

/** A load and who played it. */
interface Group {
  load: string;
  arms: readonly ArmName[];
}

function widthOf({ arms }: Group): number {
  return arms.length * (BAR_WIDTH + BAR_GAP) + GROUP_GAP;
}

function panelOf(
  rounds: readonly Round[],
  groups: readonly Group[],
  { title, of, digits }: (typeof PANELS)[number],
  top: number,
): string[] {
  const bottom = top + PANEL.height;
  const figures = groups.map((group) => ({
    ...group,
    bars: group.arms.map((arm) => ({
      arm,
      ...spread(roundsOf(rounds, group.load, arm).map((round) => round[of])),
    })),
  }));
  const greatest = Math.max(...figures.flatMap(({ bars }) => bars.map(({ max }) => max)));
  const y = (value: number): number => bottom - (value / greatest) * (PANEL.height - 40);
  let x = MARGIN.left;
  const drawn = figures.flatMap((figure) => {
    const from = x;
    x += widthOf(figure);
    return [
      ...figure.bars.flatMap((bar, index) =>
        barAt(from + index * (BAR_WIDTH + BAR_GAP), bar, { y, bottom, digits }),
      ),
      text(from, bottom + 16, figure.load, 'font-size="11"'),
    ];
  });
  return [text(MARGIN.left, top + 8, title, 'font-weight="600"'), ...drawn];
}

interface Scale {
  /** Where a value lies. */
  y: (value: number) => number;
  bottom: number;
  digits: number;
}

function barAt(
  x: number,
  { arm, median, min, max }: Spread & { arm: ArmName },
  { y, bottom, digits }: Scale,
): string[] {
  const middle = x + BAR_WIDTH / 2;
  return [
    `<rect x="${x}" y="${fixed(y(median))}" width="${BAR_WIDTH}" height="${fixed(bottom - y(median))}" fill="${COLOURS[arm]}"/>`,
    `<line x1="${middle}" y1="${fixed(y(max))}" x2="${middle}" y2="${fixed(y(min))}" stroke="#202124"/>`,
    text(middle, y(max) - 4, median.toFixed(digits), 'text-anchor="middle" font-size="9"'),
  ];
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" fill="#202124"${more && ` ${more}`}>${escaped(content)}</text>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
