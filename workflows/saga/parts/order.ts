import type { Order } from '../../../src/booking/model';
import type { BookingView } from '../../../src/booking/schema/view';
import type { BookingTraces } from '../../../src/booking/traces';
import { now } from '../clock';
import { ownerOf, type Owning } from './own';

/** The order that the appointment is for: placed by the booking, or adopted from its caller. */
export interface OrderPart {
  /** As it was last read; null while the booking knows of none. */
  readonly known: KnownOrder | null;
  /** Whether the named order was refused for adoption: then this booking leaves it alone. */
  readonly isRefused: boolean;
  /** Whether a person decided to leave the order standing. */
  readonly isLeft: boolean;
  /** Since when a placing call is unanswered; null while none is. */
  readonly unknownSince: string | null;
}

export type KnownOrder = Readonly<Order> & { readonly origin: 'placed' | 'adopted' };

type HasOrder = Owning<'order', OrderPart>;

export const NO_ORDER: OrderPart = { known: null, isRefused: false, isLeft: false, unknownSince: null };

/** Stands for an order's fields until it is read; an undo reads it. */
const UNREAD = {
  status: 'unknown',
  phase: 'unknown',
  kind: '',
  passthrough: null,
  userId: null,
  address: null,
  dob: null,
  createdAt: null,
  hasAppointmentSince: null,
} as const;

const change = ownerOf<'order', OrderPart>('order');

/** The booking's own order is there: the answer to its placing said so, or a look showed it. */
export function orderPlaced(b: HasOrder, order: Order): void {
  change(b, (part) => ({ ...part, known: { ...order, origin: 'placed' }, unknownSince: null }));
}

/** The order that the request names was read. */
export function namedOrderRead(b: HasOrder, order: Order): void {
  change(b, (part) => ({ ...part, known: { ...order, origin: 'adopted' } }));
}

/** The order of a booking that is over is known by its id alone, and is still to be read. */
export function orderUnread(b: HasOrder, id: string): void {
  change(b, (part) => ({ ...part, known: { ...UNREAD, id, origin: 'adopted' } }));
}

/** The order that the booking knows was read once more. */
export function orderSeen(b: HasOrder, order: Order): void {
  change(b, (part) => (part.known ? { ...part, known: { ...order, origin: part.known.origin } } : part));
}

/** The named order was refused for adoption. */
export function adoptionRefused(b: HasOrder): void {
  change(b, (part) => ({ ...part, isRefused: true }));
}

/** A call that places the order was not answered: it may take effect from then on. */
export function placingUnanswered(b: HasOrder, since = now()): void {
  change(b, (part) => ({ ...part, unknownSince: since }));
}

/** No look over the whole window showed an order. */
export function placingHadNoEffect(b: HasOrder): void {
  change(b, (part) => ({ ...part, unknownSince: null }));
}

/** A person decided to leave the order standing. */
export function orderLeft(b: HasOrder): void {
  change(b, (part) => ({ ...part, isLeft: true }));
}

/** Takes up the order as a cut-off run published it. */
export function orderTakenUp(
  b: HasOrder,
  order: BookingView['order'],
  { orderRefused, orderLeft: isLeft, unknownOrderSince }: BookingTraces,
): void {
  const known = order && { ...UNREAD, ...order };
  change(b, () => ({ known, isRefused: orderRefused, isLeft, unknownSince: unknownOrderSince }));
}
