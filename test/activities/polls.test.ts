import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createProviderActivities } from '../../activities';
import type { Target } from '../../activities/contract';
import type { Sighting } from '../../src/booking/model';
import { sightingMark } from '../../src/booking/sighting';
import type { Provider } from '../../src/providers/provider';
import { lookWithoutOrder } from './memory-provider';

/** A poll that keeps the deadline of its wait makes its last try then, by the server's clock. */

const SILENT = new DefaultLogger('ERROR', () => undefined);
const HOUR_MS = 3_600_000;
const NOTHING: Sighting = { order: null, live: [], ended: [] };
const TARGET: Target = { provider: 'oliver', account: 'practice-1', bookingId: 'b', callTimeoutMs: 100 };
const SCHEDULED_MS = Date.parse('2027-03-02T15:00:00.000Z');
const inMs = (ms: number): string => new Date(SCHEDULED_MS + ms).toISOString();

interface Given {
  attempt?: number;
  until?: string;
  everyMs?: number;
  pauseMs?: number;
}

/** What a try comes to: what it saw, or the pause before the next, in ms; null for the pause of the retry policy. */
async function tried({ attempt = 2, ...given }: Given) {
  const info = { attempt, currentAttemptScheduledTimestampMs: SCHEDULED_MS };
  const environment = new MockActivityEnvironment(info, { logger: SILENT });
  let looks = 0;
  const lookUp = () => Promise.resolve(((looks += 1), NOTHING));
  const provider = { lookUp, orders: null } as unknown as Provider; // nothing else of it is called
  const activities = createProviderActivities({ providerFor: () => provider, timezoneOf: () => null });
  const input = { ...lookWithoutOrder(TARGET), seen: sightingMark(NOTHING), missingForMs: 1_000, ...given };
  const answer: unknown = await environment
    .run(() => activities.awaitAppointmentChange(input))
    .catch((err: unknown) => err);
  if (!(answer instanceof ApplicationFailure)) return { seen: answer, looks };
  return { pauseMs: answer.nextRetryDelay === undefined ? null : Number(answer.nextRetryDelay), looks };
}

test.each<[string, Given, object]>([
  ['without a deadline is made again after its pause', { everyMs: HOUR_MS }, { pauseMs: HOUR_MS, looks: 1 }],
  ['without either as the policy says', {}, { pauseMs: null, looks: 1 }],
  [
    'long before the deadline is made again after its pause',
    { everyMs: HOUR_MS, until: inMs(2 * HOUR_MS) },
    { pauseMs: HOUR_MS, looks: 1 },
  ],
  [
    'shortly before it is made again at the deadline',
    { everyMs: HOUR_MS, until: inMs(5_000) },
    { pauseMs: 5_000, looks: 1 },
  ],
  ['at the deadline returns what it sees', { everyMs: HOUR_MS, until: inMs(0) }, { seen: NOTHING, looks: 1 }],
  ['after it returns what it sees', { everyMs: HOUR_MS, until: inMs(-1) }, { seen: NOTHING, looks: 1 }],
])('a try that sees no change %s', async (_what, given, outcome) => {
  expect(await tried(given)).toEqual(outcome);
});

test.each<[string, Given, object]>([
  [
    'leaves the provider alone',
    { pauseMs: HOUR_MS, until: inMs(2 * HOUR_MS) },
    { pauseMs: HOUR_MS, looks: 0 },
  ],
  ['does so until the deadline only', { pauseMs: HOUR_MS, until: inMs(5_000) }, { pauseMs: 5_000, looks: 0 }],
  ['looks when that is over', { pauseMs: HOUR_MS, until: inMs(0) }, { seen: NOTHING, looks: 1 }],
])('the first try after a finding %s', async (_what, given, outcome) => {
  expect(await tried({ attempt: 1, everyMs: HOUR_MS, ...given })).toEqual(outcome);
});
