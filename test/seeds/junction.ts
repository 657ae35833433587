import { junctionSubject, AT_HOME_TEST } from '../conformance/subjects/junction';
import { openDesk, type Desk } from '../conformance/desk';
import { startRecorder, type Recorder } from '../conformance/recorder';
import { startJunction, type Junction } from '../sandbox/junction-client';

/** The at-home adapter before a Junction sandbox, with what it sends on record. */
export interface Stand {
  junction: Junction;
  recorder: Recorder;
  desk: Desk;
}

/** Runs a check at a stand of its own. */
export async function atStand(
  check: (stand: Stand) => Promise<void>,
  options: Parameters<typeof startJunction>[0] = {},
): Promise<void> {
  const junction = await startJunction(options);
  const recorder = await startRecorder(junction.url);
  const account = { apiKey: KEY, baseUrl: recorder.url, capabilities: {} };
  const desk = openDesk({
    ...junctionSubject('junction-phlebotomy', account, { labTestId: AT_HOME_TEST }),
    orders: { ready: (id) => junction.control(`orders/${id}`, READY).then(() => undefined) },
    hand: null,
    exchanges: recorder.exchanges,
    checkContract: () => undefined,
    close: () => Promise.resolve(),
  });
  try {
    await check({ junction, recorder, desk });
  } finally {
    await recorder.close();
    await junction.close();
  }
}

export const KEY = 'sk_us_seeds';
const READY = { status: 'requisition_created' };
