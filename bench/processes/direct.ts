import { play, type Book } from '../load';
import { book, findSlot, placeOrder, readOrder, type Access } from '../plain/provider';
import { API_KEY, plainRequestAt, type Account } from '../request';
import { confirmed, type Order } from './driver';
import { serve } from './serve';

/** Arm (a): the provider's calls, one after the other, and nothing that outlives the process. */
serve(async ({ urls }) => ({
  answer: (order) => {
    // Given by arms.ts.
    const { load, account } = order as Order;
    return play(load, booking({ url: urls[account], apiKey: API_KEY }, account));
  },
  stop: () => Promise.resolve(),
}));

function booking(access: Access, account: Account): Book {
  const { patient, labTestIds, daysAhead } = plainRequestAt(account);
  return async () => {
    const orderId = await placeOrder(access, patient, labTestIds);
    await readOrder(access, orderId);
    const slot = await findSlot(access, patient, daysAhead);
    confirmed((await book(access, orderId, slot)).status);
    return null;
  };
}
