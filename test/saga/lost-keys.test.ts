import { startLanes, type Lanes } from '../matrix/lanes';
import { STOPPED_WITHIN_MS } from '../support/saga';
import { chooseEach } from './attentions/choose';
import { KEYS } from './attentions/keys';

/**
 * Bookings that wait for a person because a key is not there, as every-attention.test.ts has the others. On the real server:
 * its workers fail a task that they cannot read, over and over, until others come that can.
 */

let lanes: Lanes;
beforeAll(async () => {
  lanes = await startLanes(
    { capabilities: { callTimeoutMs: 2_000 }, limits: { keepPollMs: 600_000 } },
    'server',
  );
}, 120_000);
afterAll(() => lanes.stop(), STOPPED_WITHIN_MS);

test.each(KEYS.map((one) => [one.reason, one.when, one] as const))(
  '%s, %s: each choice leads where it says',
  async (_reason, _when, one) => expect(await chooseEach(lanes, one)).toEqual([]),
  60_000,
);
