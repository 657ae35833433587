import type { BookingView } from '../../../src/booking/schema/view';
import { isEnded } from '../../../src/booking/status';
import { adopting, atHome } from '../../support/saga';
import type { Bench } from './bench';

/** Stories whose messages wait until the booking rests: they leave nothing to the order in which things happen to come. */
export type Script = (bench: Bench) => Promise<string>;

const confirmed = (view: BookingView): boolean => view.status === 'confirmed' && view.waitingFor !== null;
const ended = ({ status }: BookingView): boolean => isEnded(status);
const asking = ({ attention }: BookingView): boolean => attention !== null;

/** Looks that must show the same revision until a booking counts as resting: its first polls have looked by then. */
const SAME_LOOKS = 12;

/** Waits until the booking is there and nothing changes any more. */
async function rest(bench: Bench, id: string, isThere: (view: BookingView) => boolean): Promise<BookingView> {
  let [revision, same] = [0, 0];
  return bench.until(id, (view) => {
    same = view.revision === revision ? same + 1 : 0;
    revision = view.revision;
    return isThere(view) && (same >= SAME_LOOKS || ended(view));
  });
}

async function begun(bench: Bench, request: Record<string, unknown>, key: string): Promise<string> {
  return (await bench.bookings.start(request, { idempotencyKey: key })).booking.id;
}

async function cancelled(bench: Bench, id: string): Promise<string> {
  await rest(bench, id, confirmed);
  await bench.bookings.cancel(id, { acceptFees: true });
  await rest(bench, id, ended);
  return id;
}

export const SCRIPTS: Readonly<Record<string, Script>> = {
  'placed, confirmed, cancelled': async (bench) => cancelled(bench, await begun(bench, atHome(), 'plain')),
  'adopted and kept, cancelled': async (bench) => {
    const orderId = await bench.placeOrder();
    return cancelled(bench, await begun(bench, adopting(orderId, 'keep'), 'adopted'));
  },
  'booked without an answer, found by a look': async (bench) => {
    await bench.fail('book', { when: 'after', answer: 'reset' });
    return cancelled(bench, await begun(bench, atHome(), 'unanswered'));
  },
  'booked without an answer and without effect, looked up over the window': async (bench) => {
    await bench.fail('book', { when: 'before', answer: 'reset' });
    return cancelled(bench, await begun(bench, atHome(), 'no effect'));
  },
  'cancelled by the provider, booked again': async (bench) => {
    const request = atHome({ policy: { onProviderCancel: 'rebook' } });
    const id = await begun(bench, request, 'again');
    const first = await rest(bench, id, confirmed);
    await bench.control(`appointments/${await bench.standing()}`, { status: 'cancelled' });
    await rest(bench, id, (view) => confirmed(view) && view.appointment?.id !== first.appointment?.id);
    return cancelled(bench, id);
  },
  'moved, cancelled': async (bench) => {
    const id = await begun(bench, atHome(), 'moved');
    const first = await rest(bench, id, confirmed);
    await bench.bookings.reschedule(id, { windows: [{ from: '+6d', to: '+9d' }], acceptFees: true });
    await rest(
      bench,
      id,
      (view) => confirmed(view) && view.appointment?.startsAt !== first.appointment?.startsAt,
    );
    return cancelled(bench, id);
  },
  'a cancel whose answer is lost': async (bench) => {
    const id = await begun(bench, atHome(), 'lost');
    await rest(bench, id, confirmed);
    await bench.fail('cancel_appointment', { when: 'after', answer: 'reset' });
    return cancelled(bench, id);
  },
  'locked out, mended, retried': async (bench) => {
    await bench.fail('availability', {
      when: 'before',
      answer: { status: 401, body: { detail: 'Invalid token' } },
      times: 1_000,
    });
    const id = await begun(bench, atHome(), 'locked');
    await rest(bench, id, asking);
    await bench.mend();
    await bench.bookings.retry(id, {});
    return cancelled(bench, id);
  },
  'visited and completed': async (bench) => {
    const id = await begun(bench, atHome(), 'visited');
    await rest(bench, id, confirmed);
    const appointment = await bench.standing();
    await bench.control(`appointments/${appointment}`, { status: 'in_progress' });
    await rest(bench, id, (view) => view.status === 'in_progress' && view.waitingFor !== null);
    await bench.control(`appointments/${appointment}`, { status: 'completed' });
    await rest(bench, id, ended);
    return id;
  },
};
