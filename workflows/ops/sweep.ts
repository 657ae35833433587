import type { Problems, Swept } from '../../src/booking/care';
import { care } from './care';

/**
 * One sweep: bookings that were cut off are cleaned up after, and those that cannot report themselves are told. It
 * goes on where the last sweep ended, so that none is missed however long no worker ran.
 */
export async function sweep(): Promise<Swept & Problems> {
  const swept = await care('clean up after bookings that were cut off').sweepCutOff();
  const problems = await care('look for bookings that cannot report themselves').findProblems();
  return { ...swept, ...problems };
}
