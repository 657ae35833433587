/**
 * What Temporal Cloud would bill. The server counts it itself, in its metric `action`: starts, signals, activities and
 * their retries, heartbeats, timers, upserts, and one for all markers (local activities, patches) of a workflow task.
 */

/** The actions of a namespace so far, by type, from what a server's Prometheus port shows. */
export function actionsIn(exposition: string, namespace: string): Map<string, number> {
  const actions = new Map<string, number>();
  for (const [, labels = '', value] of exposition.matchAll(/^action(?:_total)?\{(.*)\} (\S+)$/gm)) {
    if (labelOf(labels, 'namespace') !== namespace) continue;
    const type = labelOf(labels, 'action_type') ?? 'other';
    actions.set(type, (actions.get(type) ?? 0) + Number(value));
  }
  return actions;
}

function labelOf(labels: string, name: string): string | undefined {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1];
}

/** How many actions there were in all. */
export async function actionsAt(metricsPort: number, namespace: string): Promise<number> {
  const actions = await actionsByType(metricsPort, namespace);
  return [...actions.values()].reduce((sum, count) => sum + count, 0);
}

/** How many there were so far, by type. */
export async function actionsByType(metricsPort: number, namespace: string): Promise<Map<string, number>> {
  const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  if (!answer.ok) throw new Error(`The server's metrics were answered ${answer.status}`);
  return actionsIn(await answer.text(), namespace);
}
