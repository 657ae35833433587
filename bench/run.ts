import { takeCensus } from './census';
import type { Round } from './measure/round';
import { playRound } from './play-round';
import { turnsOf, type Plan } from './plan';
import { thisMachine } from './report/machine';
import type { Results } from './report/results';
import type { Account } from './request';
import type { Stage } from './stage';

/** How long the provider's own calls are measured, in ms, beside a first run that warms it up. */
const OWN_TIME_MS = 1_000;

/** Measures what the plan says. `tell` hears how far it has come. */
export async function run(stage: Stage, plan: Plan, tell: (text: string) => void): Promise<Results> {
  const machine = await thisMachine(stage.client);
  const accounts = new Map(plan.parts.map(({ name, account }) => [name, account]));
  const ownTimeMs: Partial<Record<Account, number>> = {};
  for (const account of new Set(accounts.values())) ownTimeMs[account] = await ownTimeAt(stage, account);
  const rounds: Round[] = [];
  const turns = turnsOf(plan);
  for (const [index, { load, arm, isWarmUp }] of turns.entries()) {
    const round = await playRound(stage, stage.arms[arm], load);
    const what = isWarmUp ? 'warm-up' : `${round.perSecond.toFixed(1)} a second`;
    tell(`${index + 1} of ${turns.length}: ${load.name}, ${arm}: ${what}`);
    if (!isWarmUp) rounds.push(round);
  }
  tell('counting events');
  const census = await takeCensus(stage);
  return { machine, rounds, ownTimeMs, accounts, census };
}

/** How long the provider's calls take one after the other, when nobody else calls and nothing lies between them. */
async function ownTimeAt(stage: Stage, account: Account): Promise<number> {
  const load = { name: 'own time', load: { clients: 1, forMs: OWN_TIME_MS }, account };
  await playRound(stage, stage.arms.direct, load);
  return (await playRound(stage, stage.arms.direct, load)).p50Ms;
}
