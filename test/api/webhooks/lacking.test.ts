import { getMaxListeners } from 'node:events';
import { AGAIN_AFTER_MS, lackingIn, stopForMany } from '../../../src/api/webhooks/lacking';
import type { BookingView } from '../../../src/booking/schema/view';
import type { Glance } from '../../../src/client/booking-client';
import { newsReader } from '../../../src/providers/junction/news';
import type { News } from '../../../src/providers/news';
import { CONFIRMED, NEEDS_PERSON, WAITING } from '../../cli/views';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const STATUS = 'received.at_home_phlebotomy.ordered';

const NEWS: News = {
  kind: 'order',
  event: 'labtest.order.created',
  orderId: 'order-1',
  bookingId: null,
  live: false,
  said: { of: 'order', is: { id: 'order-1', status: STATUS }, age: null },
};

const open = (view: BookingView | null, isCalling = false): Glance => ({ isOpen: true, view, isCalling });
const at = (view: BookingView, status = STATUS): Glance =>
  open({ ...view, order: { id: 'order-1', origin: 'placed', status } });

const AT_WORK = open({ ...CONFIRMED, order: null });
const LATER_MS = AGAIN_AFTER_MS.at(-1) ?? 0;

/** What is lacking, by looks that show these one after another, and how many of them were made. */
async function lackingBy(...[first, ...rest]: [Glance, ...(Glance | null)[]]) {
  let looks = 0;
  const lacking = lackingIn([NEWS], first, {
    again: () => Promise.resolve(rest[looks++] ?? null),
    reader: newsReader,
    stopping: never(),
  });
  await jest.advanceTimersByTimeAsync(LATER_MS);
  return { lacking: await lacking, looks };
}

const never = (): AbortSignal => new AbortController().signal;

it('is nothing that a booking shows', async () => {
  expect(await lackingBy(at(CONFIRMED))).toEqual({ lacking: [], looks: 0 });
});

it.each([
  ['that waits', open({ ...WAITING, order: null })],
  ['that waits for a person', open({ ...NEEDS_PERSON, order: null })],
  ['that has told nothing yet', open(null)],
])('is known at once of a booking %s', async (_name, glance) => {
  expect(await lackingBy(glance, at(CONFIRMED))).toEqual({ lacking: [NEWS], looks: 0 });
});

it('is nothing that a booking at work shows soon', async () => {
  expect(await lackingBy(AT_WORK, AT_WORK, at(CONFIRMED))).toEqual({ lacking: [], looks: 2 });
});

it('is nothing that one shows soon which reads the provider for earlier news and still shows its wait', async () => {
  const reading = open({ ...WAITING, order: null }, true);
  expect(await lackingBy(reading, at(WAITING))).toEqual({ lacking: [], looks: 1 });
});

it('is what a booking at work does not show in time, waits for meanwhile, or ended without', async () => {
  const both = { lacking: [NEWS], looks: 2 };
  expect(await lackingBy(AT_WORK, AT_WORK, AT_WORK, at(CONFIRMED))).toEqual(both);
  expect(await lackingBy(AT_WORK, open({ ...WAITING, order: null }), at(CONFIRMED))).toEqual({
    ...both,
    looks: 1,
  });
  expect(await lackingBy(AT_WORK, { isOpen: false, view: null, isCalling: false })).toEqual({
    ...both,
    looks: 1,
  });
  expect(await lackingBy(AT_WORK, null)).toEqual({ ...both, looks: 1 });
});

it('waits for no booking when the API stops', async () => {
  const stopping = new AbortController();
  const lacking = lackingIn([NEWS], AT_WORK, {
    again: () => Promise.resolve(AT_WORK),
    reader: newsReader,
    stopping: stopping.signal,
  });
  stopping.abort();
  expect(await lacking).toEqual([NEWS]);
});

it('may be waited for by any number of bookings, without a warning that it leaks', () => {
  expect(getMaxListeners(stopForMany().signal)).toBe(Infinity);
});
