import type { CoreActivities, ProviderActivities } from '../../activities/contract';
import { reading } from '../../activities/patience';
import { FAILURES, failureRow, isFailureCode, type FailureCode } from '../../src/booking/failures';
import { startLanes, type Lanes } from '../matrix/lanes';
import { atHome, STOPPED_WITHIN_MS } from '../support/saga';
import type { Case } from './attentions/case';
import { chooseEach } from './attentions/choose';
import { FORWARD } from './attentions/forward';
import { KEPT } from './attentions/kept';
import { KEYS } from './attentions/keys';
import { COSTLY, UNDO } from './attentions/undo';

/** Each reason for which a booking waits for a person, reached, and resolved by each choice that is offered. */

let lanes: Lanes;
beforeAll(async () => {
  lanes = await startLanes({
    capabilities: { callTimeoutMs: 2_000 },
    // Nothing is polled: what a booking sees next is what the case tells it of.
    limits: { keepPollMs: 600_000, staffTaskDueMs: 1_000, finalWordMs: 1_000, undoPatienceMs: 1_500 },
    wrap: ({ core, junction }) => ({ core: feesFor(core), junction: breaking(junction) }),
  });
}, 120_000);
afterAll(() => lanes.stop(), STOPPED_WITHIN_MS);

const MONTH_MS = 30 * 86_400_000;

/** Bookings that say so are inside the fee window, whatever their slot. */
function feesFor(core: CoreActivities): CoreActivities {
  return {
    ...core,
    async openBooking(input) {
      const opened = await core.openBooking(input);
      if (opened.request.reference !== COSTLY) return opened;
      return { ...opened, capabilities: { ...opened.capabilities, feeWindowMs: MONTH_MS } };
    },
  };
}

/** Accounts for which one of our own steps has a bug. */
const broken = new Set<string>();

function breaking(junction: ProviderActivities): ProviderActivities {
  return {
    ...junction,
    async searchSlots(input) {
      if (!broken.has(input.target.account)) return junction.searchSlots(input);
      return reading(input.target, () => Promise.reject(new Error('a bug')));
    },
    // Nor does the same search come through that is made ahead.
    async awaitOrderChange(input) {
      const read = await junction.awaitOrderChange(input);
      return broken.has(input.target.account) ? { ...read, ahead: null } : read;
    },
  };
}

/** An account that is configured only once somebody has noticed. */
const FORGOTTEN = 'forgotten';

/** Those that our own side causes, here in this file. */
const OWN: readonly Case[] = [
  {
    reason: 'activity_failed',
    when: 'because of a bug',
    async reach({ rig, account }) {
      broken.add(account);
      const { booking } = await rig.bookings.start(atHome({ account }));
      return { id: booking.id, orderId: null, mend: async () => void broken.delete(account) };
    },
    choices: { retry: { first: 'mend', status: 'confirmed' }, end: { status: 'failed' } },
  },
  {
    reason: 'account_unknown',
    when: 'because nobody configured it',
    async reach({ rig, account }) {
      const { booking } = await rig.bookings.start(atHome({ account: FORGOTTEN }));
      const mend = async () => {
        const { accounts } = rig.config;
        const known = accounts.junction[account];
        await rig.stopWorkers();
        await rig.startWorkers({
          ...rig.config,
          accounts: {
            ...accounts,
            junction: { ...accounts.junction, ...(known && { [FORGOTTEN]: known }) },
          },
        });
      };
      return { id: booking.id, orderId: null, mend };
    },
    choices: { retry: { first: 'mend', status: 'confirmed' }, end: { status: 'failed' } },
  },
  {
    reason: 'cannot_be_sent',
    when: 'because a word processor made its key',
    async reach({ rig, account }) {
      const settings: object = rig.config.accounts.junction[account] ?? {};
      if (!hasKey(settings)) throw new Error('every lane has an account');
      const { apiKey } = settings;
      // The adapters read an account's settings at each call.
      settings.apiKey = apiKey.replace(/^/, '\u2013');
      const { booking } = await rig.bookings.start(atHome({ account }));
      return { id: booking.id, orderId: null, mend: async () => void (settings.apiKey = apiKey) };
    },
    choices: {
      retry: { first: 'mend', status: 'confirmed' },
      end: { first: 'mend', status: 'failed' },
    },
  },
];

const CASES: readonly Case[] = [...FORWARD, ...UNDO, ...KEPT, ...OWN];

/** Those that another file plays, on the real server: lost-keys.test.ts. */
const ELSEWHERE: readonly Case[] = KEYS;

/** Reasons of the table whose owner has them shown to a person, but that only the doors give. */
const OF_THE_DOORS: readonly FailureCode[] = ['temporal_unavailable', 'internal_error', 'key_missing'];

test('every reason of the table that can ask for a person has a case', () => {
  const asking = Object.keys(FAILURES)
    .filter(isFailureCode)
    .filter((code) => ['us', 'provider'].includes(failureRow(code).owner) && !OF_THE_DOORS.includes(code));
  expect([...new Set([...CASES, ...ELSEWHERE].map(({ reason }) => reason))].sort()).toEqual(asking.sort());
});

test.each(CASES.map((one) => [one.reason, one.when, one] as const))(
  '%s, %s: each choice leads where it says',
  async (_reason, _when, one) => expect(await chooseEach(lanes, one)).toEqual([]),
  60_000,
);

function hasKey(settings: object): settings is { apiKey: string } {
  return 'apiKey' in settings && typeof settings.apiKey === 'string';
}
