import { startSimulatedSaga } from '../simulation/rig';
import type { Place } from '../simulation/world/sandboxes';
import { startSaga, type RigOptions, type SagaRig } from './saga';

/** What a saga under test runs on: a real Temporal server, or the model of one in virtual time. */
export type On = 'server' | 'simulator';

/** The simulator, unless somebody asks for all of it on the real server. */
export const ON: On = process.env.SAGA === 'real' ? 'server' : 'simulator';

/** Starts the saga. `others`: where more pairs of providers are; on the real server whoever asks for them starts them. */
export function startRig(options: RigOptions, on: On, others: readonly Place[] = []): Promise<SagaRig> {
  return on === 'server' ? startSaga(options) : startSimulatedSaga(options, others);
}
