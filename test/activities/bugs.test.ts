import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createCoreActivities, createProviderActivities } from '../../activities';
import type { Target } from '../../activities/contract';
import { sightingMark } from '../../src/booking/sighting';
import type { Provider } from '../../src/providers/provider';
import { testConfig } from '../support/temporal';
import { lookWithoutOrder } from './memory-provider';

/** A bug in an activity that the server would repeat without end is shown to a person instead. */

const SILENT = new DefaultLogger('ERROR', () => undefined);
const TARGET: Target = {
  provider: 'oliver',
  account: 'practice-1',
  bookingId: 'b',
  callTimeoutMs: 100,
};

/** Whether the server would try again after what the activity throws, on this attempt. */
async function isTriedAgain(run: () => Promise<unknown>, attempt: number): Promise<boolean> {
  const environment = new MockActivityEnvironment({ attempt }, { logger: SILENT });
  const err: unknown = await environment.run(run).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(err).toBeInstanceOf(Error);
  return !(err instanceof ApplicationFailure && err.nonRetryable);
}

/** An Oliver adapter whose look-up does this; nothing else of it is called. */
const looking = (lookUp: () => Promise<never>) => {
  const provider = { lookUp, orders: null } as unknown as Provider; // the poll calls nothing else
  return createProviderActivities({ providerFor: () => provider, timezoneOf: () => null });
};

const WATCHED = { ...lookWithoutOrder(TARGET), missingForMs: 0 };

const poll = (lookUp: () => Promise<never>) => () =>
  looking(lookUp).awaitAppointmentChange({ ...WATCHED, seen: '' });

test('a bug in a poll is final: polls are tried for as long as they are wanted', async () => {
  const bug = poll(() => Promise.reject(new TypeError('a bug')));
  expect(await isTriedAgain(bug, 1)).toBe(false);
});

test('a poll that sees nothing new is tried again', async () => {
  const nothing = { order: null, live: [], ended: [] };
  const provider = { lookUp: () => Promise.resolve(nothing), orders: null } as unknown as Provider; // as above
  const { awaitAppointmentChange } = createProviderActivities({
    providerFor: () => provider,
    timezoneOf: () => null,
  });
  const run = () => awaitAppointmentChange({ ...WATCHED, seen: sightingMark(nothing) });
  expect(await isTriedAgain(run, 1_000)).toBe(true);
});

test.each([
  [1, true],
  [4, true],
  [5, false],
])('a bug in reading the request, at try %i: tried again is %s', async (attempt, again) => {
  const config = testConfig();
  const broken = {
    ...config,
    get accounts(): never {
      throw new TypeError('a bug');
    },
  };
  // Its client is asked for nothing here.
  const { openBooking } = createCoreActivities({ config: broken, client: undefined as never });
  const request = { provider: 'junction-psc' };
  const run = () => openBooking({ request, bookingId: 'b', afterwards: true });
  expect(await isTriedAgain(run, attempt)).toBe(again);
});

test('an appointment that shows again is not remembered as missing by its poll', async () => {
  const nothing = { order: null, live: [], ended: [] };
  const provider = { lookUp: () => Promise.resolve(nothing), orders: null } as unknown as Provider; // as above
  const { awaitAppointmentChange } = createProviderActivities({
    providerFor: () => provider,
    timezoneOf: () => null,
  });
  const environment = new MockActivityEnvironment({ heartbeatDetails: 1 }, { logger: SILENT });
  const beats: unknown[] = [];
  environment.on('heartbeat', (details) => beats.push(details));
  const poll = environment.run(() => awaitAppointmentChange({ ...WATCHED, seen: sightingMark(nothing) }));
  await expect(poll).rejects.toThrow('not yet');
  expect(beats).toEqual([null]);
});
