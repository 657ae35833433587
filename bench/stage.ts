import type { ArmName } from './arm-names';
import { startArms, type Arm } from './arms';
import { onGround, type Ground } from './ground';

/** The arms that are compared, on their ground. */
export interface Stage extends Ground {
  arms: Record<ArmName, Arm>;
}

/** Starts all of it, plays, and stops it however that ends. */
export function onStage<T>(play: (stage: Stage) => Promise<T>): Promise<T> {
  return onGround({ inMemory: true }, async (ground) => play({ ...ground, arms: await startArms(ground) }));
}
