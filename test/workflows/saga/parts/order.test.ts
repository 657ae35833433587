import type { Order } from '../../../../src/booking/model';
import type { BookingTraces } from '../../../../src/booking/traces';
import {
  adoptionRefused,
  namedOrderRead,
  NO_ORDER,
  orderLeft,
  orderPlaced,
  orderSeen,
  orderTakenUp,
  orderUnread,
  placingHadNoEffect,
  placingUnanswered,
} from '../../../../workflows/saga/parts/order';
import { having } from './having';

const ORDER: Order = {
  id: 'order-1',
  status: 'received.walk_in_test.ordered',
  phase: 'received',
  kind: 'walk_in_test',
  passthrough: null,
  userId: 'user-1',
  address: null,
  dob: null,
  createdAt: null,
  hasAppointmentSince: null,
};

const begun = () => having({ order: NO_ORDER });

test('a placing that was not answered is unknown until the order is there', () => {
  const b = begun();
  placingUnanswered(b, '2026-01-01T00:00:00.000Z');
  expect(b.state.order).toEqual({ ...NO_ORDER, unknownSince: '2026-01-01T00:00:00.000Z' });
  orderPlaced(b, ORDER);
  expect(b.state.order).toEqual({ ...NO_ORDER, known: { ...ORDER, origin: 'placed' } });
});

test('a placing whose window is over is not unknown any more', () => {
  const b = begun();
  placingUnanswered(b);
  placingHadNoEffect(b);
  expect(b.state.order).toEqual(NO_ORDER);
});

test('a read keeps whose order it is', () => {
  const b = begun();
  namedOrderRead(b, ORDER);
  orderSeen(b, { ...ORDER, phase: 'cancelled' });
  expect(b.state.order.known).toEqual({ ...ORDER, phase: 'cancelled', origin: 'adopted' });
});

test('a look at an order that the booking does not know makes it none of its own', () => {
  const b = begun();
  orderSeen(b, ORDER);
  expect(b.state.order).toEqual(NO_ORDER);
});

test('an order can be known, and refused, and left to a person', () => {
  const b = begun();
  orderUnread(b, 'order-2');
  adoptionRefused(b);
  orderLeft(b);
  expect(b.state.order).toMatchObject({
    known: { id: 'order-2', phase: 'unknown', origin: 'adopted' },
    isRefused: true,
    isLeft: true,
  });
});

test('what a run that was cut off had told is known of it, and the rest is unread', () => {
  const b = begun();
  const traces = { orderRefused: true, orderLeft: false, unknownOrderSince: null };
  // A transition reads only its own part of the traces.
  orderTakenUp(b, { id: 'order-1', origin: 'placed', status: 'ordered' }, traces as BookingTraces);
  expect(b.state.order).toMatchObject({
    known: { id: 'order-1', origin: 'placed', status: 'ordered', phase: 'unknown' },
    isRefused: true,
  });
});

test('each transition is a new revision, and is to be published', () => {
  const b = begun();
  orderLeft(b);
  expect(b).toMatchObject({ dirty: true, state: { revision: 2 } });
});
