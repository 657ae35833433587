import type { Arm } from './arms';
import type { Load } from './load';
import { actionsAt } from './measure/actions';
import { cpuMsOf } from './measure/cpu';
import { endAll, keptOf } from './measure/executions';
import { QUIET, untilQuiet } from './measure/quiet';
import { roundOf, used, type Meters, type Round } from './measure/round';
import { freshProvider } from './provider';
import type { Account } from './request';
import type { Stage } from './stage';

/** A load by its name, and the provider that it is put on. */
export interface NamedLoad {
  name: string;
  load: Load;
  account: Account;
}

/** Executions whose history is looked at; those of a round hardly differ. */
const MAX_DESCRIBED = 50;

/**
 * Plays one arm under one load, from rest to rest: with an empty provider and no booking of an earlier round, so that no
 * round works for another. What comes after a booking is confirmed (webhooks) is in its costs.
 */
export async function playRound(stage: Stage, arm: Arm, { name, load, account }: NamedLoad): Promise<Round> {
  await freshProvider(stage.urls[account], newsTo(arm));
  await untilQuiet(stage.pids(), QUIET.atOnce);
  const before = await metersOf(stage, arm);
  const played = await arm.play({ load, account });
  await untilQuiet(stage.pids(), arm.receiver === null ? QUIET.metrics : QUIET.news);
  const after = await metersOf(stage, arm);
  const looked = played.executions.slice(0, MAX_DESCRIBED);
  const kept = await Promise.all(looked.map((id) => keptOf(stage.client, id)));
  await endAll(stage.client, played.executions);
  return roundOf({ arm: arm.name, load: name }, played, used(before, after), kept);
}

/** Where the arm's news is received: what the receiver's module told. */
export function newsTo({ receiver }: Arm): string | null {
  return receiver === null ? null : String(receiver.told);
}

async function metersOf(stage: Stage, { name, worker, receiver }: Arm): Promise<Meters> {
  const isOnTemporal = name !== 'direct';
  return {
    workerCpuMs: await cpuMsOf(worker.pid),
    receiverCpuMs: receiver === null ? null : await cpuMsOf(receiver.pid),
    serverCpuMs: isOnTemporal ? await cpuMsOf(stage.serverPid) : null,
    actions: isOnTemporal ? await actionsAt(stage.metricsPort, stage.target.namespace) : null,
  };
}
