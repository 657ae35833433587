import { ON, startRig, type On } from './rigs';
import { STOPPED_WITHIN_MS, type RigOptions, type SagaRig } from './saga';

/** How a test file uses the saga: the rig's options, and which stand-ins each test begins with anew. */
export interface UseOptions extends RigOptions {
  /** Both when it is not said. Oliver's is kept by suites that book there: its adapter remembers a practice. */
  resets?: readonly StandInName[];
  on?: On;
}

type StandInName = 'sandbox' | 'clinic';

const BOTH: readonly StandInName[] = ['sandbox', 'clinic'];

/**
 * The whole saga for the tests of this file or block: started before them, its stand-ins emptied before each, stopped
 * after them with every history replayed. Options that only exist once the file runs are given as a function. What is
 * returned can be used inside tests and hooks.
 */
export function useSaga(options: UseOptions | (() => UseOptions) = {}): SagaRig {
  let started: SagaRig | null = null;
  let resets = BOTH;
  const rig = (): SagaRig => {
    if (!started) throw new Error('the saga is there inside tests only');
    return started;
  };
  beforeAll(async () => {
    const { resets: named, on = ON, ...given } = typeof options === 'function' ? options() : options;
    resets = named ?? BOTH;
    started = await startRig(given, on);
  }, 120_000);
  afterAll(() => started?.stop(), STOPPED_WITHIN_MS);
  beforeEach(async () => {
    for (const name of resets) await rig()[name].control('reset', {});
  });
  // The target is never read: the rig behind it comes later.
  return new Proxy({} as SagaRig, { get: (_target, name): unknown => Reflect.get(rig(), name) });
}
