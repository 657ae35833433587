import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The golden histories: whole bookings as Temporal kept them, one file each. */
export const HISTORIES_DIR = resolve(__dirname, '../histories');

export interface GoldenHistory {
  name: string;
  /** The file as it is. */
  text: string;
  history: unknown;
  workflowId: string;
}

/** All of them, by name; none when they were never recorded. */
export function goldenHistories(folder = HISTORIES_DIR): GoldenHistory[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const history: unknown = JSON.parse(text);
      return { name: file.replace(/\.json$/, ''), text, history, workflowId: workflowIdIn(text) };
    });
}

/** The first event of every history names its workflow. */
function workflowIdIn(text: string): string {
  const id = /"workflowId":\s*"([^"]+)"/.exec(text)?.[1];
  if (!id) throw new Error('a golden history names no workflow');
  return id;
}
