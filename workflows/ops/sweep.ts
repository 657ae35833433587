import type { StuckReport, Swept } from '../../src/booking/ops';
import { ops } from './activities';

/**
 * Makes one sweep: cleans up after bookings that were cut off, and reports those that cannot report themselves. It goes
 * on where the last sweep ended, so that none is missed however long no worker ran.
 */
export async function sweep(): Promise<Swept & StuckReport> {
  const swept = await ops('clean up after bookings that were cut off').sweepCutOff();
  const stuck = await ops('look for bookings that cannot report themselves').findStuckBookings();
  return { ...swept, ...stuck };
}
