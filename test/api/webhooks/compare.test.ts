import { isShown, newestOf } from '../../../src/api/webhooks/compare';
import type { BookingView } from '../../../src/booking/schema/view';
import { newsReader } from '../../../src/providers/junction/news';
import type { Age, News, Said } from '../../../src/providers/news';
import { BOOKING, CONFIRMED, WAITING } from '../../cli/views';

const ORDER = 'order-1';
const AT_HOME = (group: string, detail: string): string => `${group}.at_home_phlebotomy.${detail}`;
const REQUISITION = AT_HOME('received', 'requisition_created');

const withOrder = (view: BookingView, status: string): BookingView => ({
  ...view,
  order: { id: ORDER, origin: 'placed', status },
});

const ordered = (status: string, id = ORDER): Said => ({ of: 'order', is: { id, status }, age: null });

/** An appointment as the view has it, but for what it is said to be. */
function scheduled(view: BookingView, over: Partial<BookingView['appointment']> = {}, age?: Age): Said {
  if (!view.appointment) throw new Error('the view has no appointment');
  const { replaces: _replaces, ...rest } = view.appointment;
  const unseen = { orderId: ORDER, phase: 'confirmed', ref: null, reason: null } as const;
  return { of: 'appointment', is: { ...rest, ...unseen, ...over }, age: age ?? null };
}

describe('an appointment', () => {
  it('is shown when the booking shows the same of it', () => {
    expect(isShown(scheduled(CONFIRMED), CONFIRMED, newsReader)).toBe(true);
  });

  it.each<[string, Partial<BookingView['appointment']>]>([
    ['id', { id: 'another' }],
    ['status', { status: 'cancelled' }],
    ['event status', { eventStatus: 'cancelled' }],
    ['start', { startsAt: '2026-12-08T16:00:00.000Z' }],
    ['end', { endsAt: '2026-12-07T23:00:00.000Z' }],
    ['being fixed', { canReschedule: null }],
  ])('with another %s is not', (_name, over) => {
    expect(isShown(scheduled(CONFIRMED, over), CONFIRMED, newsReader)).toBe(false);
  });

  it('is not where the booking shows none, or nothing at all', () => {
    expect(isShown(scheduled(CONFIRMED), { ...CONFIRMED, appointment: null }, newsReader)).toBe(false);
    expect(isShown(scheduled(CONFIRMED), null, newsReader)).toBe(false);
  });

  it('is not where it cannot be compared', () => {
    expect(isShown(null, CONFIRMED, newsReader)).toBe(false);
  });
});

describe('an order', () => {
  it('is shown by its very status', () => {
    const cancelled = AT_HOME('cancelled', 'cancelled');
    expect(isShown(ordered(cancelled), withOrder(CONFIRMED, cancelled), newsReader)).toBe(true);
    expect(isShown(ordered(cancelled, 'another'), withOrder(CONFIRMED, cancelled), newsReader)).toBe(false);
    expect(isShown(ordered(cancelled), { ...CONFIRMED, order: null }, newsReader)).toBe(false);
  });

  const received = AT_HOME('received', 'ordered');
  const reserved = {
    ...WAITING,
    appointment: WAITING.appointment && { ...WAITING.appointment, status: 'reserved' },
  };
  const pending = {
    ...WAITING,
    appointment: WAITING.appointment && { ...WAITING.appointment, status: 'pending' },
  };
  const searching: BookingView = { ...BOOKING, status: 'searching', appointment: null };

  it.each<[string, string, BookingView, boolean]>([
    ['can be booked', REQUISITION, { ...searching, status: 'ordering' }, false],
    ['can be booked', REQUISITION, searching, true],
    ['can be booked', REQUISITION, CONFIRMED, true],
    ['can be booked, which confirms a reserved appointment', REQUISITION, reserved, false],
    ['has a pending appointment', AT_HOME('collecting_sample', 'appointment_pending'), pending, true],
    ['has a pending appointment', AT_HOME('collecting_sample', 'appointment_pending'), CONFIRMED, false],
    ['has a pending appointment', AT_HOME('collecting_sample', 'appointment_pending'), searching, false],
    ['has a scheduled appointment', AT_HOME('collecting_sample', 'appointment_scheduled'), CONFIRMED, true],
    ['has a scheduled appointment', AT_HOME('collecting_sample', 'appointment_scheduled'), pending, false],
    ['has lost its appointment', AT_HOME('collecting_sample', 'appointment_cancelled'), CONFIRMED, false],
    ['is drawn', AT_HOME('collecting_sample', 'draw_completed'), CONFIRMED, false],
    ['is cancelled', AT_HOME('cancelled', 'cancelled'), CONFIRMED, false],
    ['has a word of nobody', AT_HOME('received', 'teleported'), CONFIRMED, false],
    ['has a word of every object', AT_HOME('received', 'constructor'), CONFIRMED, false],
  ])('that %s (%s) may be shown otherwise', (_name, status, view, shown) => {
    expect(isShown(ordered(status), withOrder(view, received), newsReader)).toBe(shown);
  });

  it('on its way again, which the booking shows as ended, is not', () => {
    expect(
      isShown(ordered(REQUISITION), withOrder(CONFIRMED, AT_HOME('cancelled', 'cancelled')), newsReader),
    ).toBe(false);
  });
});

describe('a burst', () => {
  const news = (said: Said | null): News => ({
    kind: 'appointment',
    event: 'labtest.appointment.updated',
    orderId: ORDER,
    bookingId: null,
    live: true,
    said,
  });
  const at = (newestMs: number, events: number, over: Partial<BookingView['appointment']> = {}): News =>
    news(scheduled(CONFIRMED, over, { newestMs, events }));

  it('is as new as its newest: by time, then by how much had happened', () => {
    const [made, confirmed, moved] = [at(1, 1, { status: 'pending' }), at(1, 2), at(2, 1)];
    expect(newestOf([confirmed, made])).toEqual([confirmed]);
    expect(newestOf([made, moved, confirmed])).toEqual([moved]);
  });

  it('keeps what is about another appointment, equally new, or does not tell', () => {
    const burst = [at(1, 1), at(9, 9, { id: 'another' }), at(1, 1), news(scheduled(CONFIRMED)), news(null)];
    expect(newestOf(burst)).toEqual(burst);
  });
});
