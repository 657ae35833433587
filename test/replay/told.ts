import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { MEMO, workflowIdOf } from '../../src/booking/names';
import { makerOf } from '../../src/booking/ref';
import { explanationText } from '../../src/cli/format/explanation';
import { valueOf, type HistoryEvent } from '../../src/client/executions/history';
import { explainHistory } from '../../src/client/explain';
import { dataConverterOf } from '../../src/temporal/encryption';
import { testConfig } from '../support/temporal';
import { goldenHistories, HISTORIES_DIR, type GoldenHistory } from './histories';

/** Golden histories as people read them: what `explain` says of each, in a file beside it. */

const converter = loadDataConverter(dataConverterOf(testConfig()));

/** The text of a golden history. */
export async function toldOf({
  history,
  workflowId,
}: Pick<GoldenHistory, 'history' | 'workflowId'>): Promise<string> {
  const events: HistoryEvent[] = historyFromJSON(history).events ?? [];
  const view = await lastViewIn(events);
  if (!view) throw new Error('a golden history shows no view');
  const isWhole = workflowId === workflowIdOf(view.id) && !isCarriedOn(events);
  const { steps } = await explainHistory(
    view.id,
    events,
    converter,
    isWhole ? '' : makerOf(view.id, view.createdAt),
  );
  return `${explanationText(steps, (_colour, text) => text)}\n`;
}

/** The file that a golden history's text is in. */
export function toldFile(name: string, folder = HISTORIES_DIR): string {
  return join(folder, `${name}.txt`);
}

/** Writes the text of each golden history beside it. */
export async function writeTold(folder = HISTORIES_DIR): Promise<void> {
  for (const golden of goldenHistories(folder)) {
    const text = await toldOf(golden);
    const file = toldFile(golden.name, folder);
    if (readIfThere(file) === text) continue;
    writeFileSync(file, text);
    process.stdout.write(`${golden.name}: told\n`);
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function isCarriedOn([first]: readonly HistoryEvent[]): boolean {
  return Boolean(first?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId);
}

/** A booking by its id and when it began. */
interface Named {
  id: string;
  createdAt: string;
}

/** The last view in the memo knows both, a clean-up's too. */
async function lastViewIn(events: readonly HistoryEvent[]): Promise<Named | null> {
  for (const event of [...events].reverse()) {
    const payload = event.workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields?.[MEMO.view];
    if (!payload) continue;
    const view = await valueOf(converter, { payloads: [payload] });
    if (isNamed(view)) return view;
  }
  return null;
}

function isNamed(view: unknown): view is Named {
  const fields: Partial<Record<keyof Named, unknown>> = Object(view);
  return typeof fields.id === 'string' && typeof fields.createdAt === 'string';
}
