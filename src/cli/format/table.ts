import Table from 'cli-table3';

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

const PLAIN = { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 };

/** Returns rows under a head, in columns. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return columns([head, ...rows]);
}

/** Returns names and values side by side. A value may have several lines. Empty for no rows. */
export function fieldRows(rows: readonly (readonly [string, string])[]): string {
  return columns(rows);
}

function columns(rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const table = new Table({ chars: NO_BORDERS, style: PLAIN });
  table.push(...rows.map((row) => [...row]));
  return table.toString().replaceAll(/ +$/gm, '');
}
