import type { Appointment } from '../../booking/model';
import type { AppointmentView, BookingView } from '../../booking/schema/view';
import type { Age, News, NewsReader, Said } from '../../providers/news';

/** Compares news with its booking's view. News that cannot be compared counts as new, so that none is lost. */

/** The fields that a booking acts on, as in src/booking/sighting.ts. */
const COMPARED = [
  'id',
  'status',
  'eventStatus',
  'startsAt',
  'endsAt',
  'canReschedule',
] as const satisfies (keyof Appointment & keyof AppointmentView)[];

/** What is asked of a vendor's reader to compare news with a view. */
export type ComparesOrders = Pick<NewsReader, 'showsOrderOtherwise'>;

/** Returns true when the booking already shows what the news says. */
export function isShown(said: Said | null, view: BookingView | null, reader: ComparesOrders): boolean {
  if (!said || !view) return false;
  if (said.of === 'order') {
    if (said.is.id !== view.order?.id) return false;
    return said.is.status === view.order.status || reader.showsOrderOtherwise(said.is.status, view);
  }
  const { appointment } = view;
  return appointment !== null && COMPARED.every((field) => said.is[field] === appointment[field]);
}

/**
 * Returns the burst without news that newer news of the same order or appointment has overtaken: within one burst an
 * appointment is made and confirmed. Where nothing shows which is newer, both stay.
 */
export function newestOf(burst: readonly News[]): News[] {
  return burst.filter((news) => !burst.some((other) => isOvertaken(news.said, other.said)));
}

function isOvertaken(said: Said | null, by: Said | null): boolean {
  if (!said?.age || !by?.age || said.of !== by.of || said.is.id !== by.is.id) return false;
  return isOlder(said.age, by.age);
}

function isOlder(one: Age, other: Age): boolean {
  if (one.newestMs !== other.newestMs) return one.newestMs < other.newestMs;
  return one.events < other.events;
}
