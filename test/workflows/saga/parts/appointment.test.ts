import type { Appointment } from '../../../../src/booking/model';
import {
  allAppointmentsLeft,
  appointmentGone,
  appointmentHeld,
  appointmentLeft,
  appointmentLost,
  appointmentReleased,
  appointmentSeen,
  appointmentTakenOver,
  appointmentTakenUp,
  inferredAsOwn,
  knownAsOwn,
  NO_APPOINTMENT,
  ownAppointmentFound,
  replacementDone,
  replacementHeld,
  wentBackTo,
} from '../../../../workflows/saga/parts/appointment';
import { tracesOf } from '../../../../workflows/saga/view';
import { newBooking } from '../../../../workflows/saga/state';
import { having } from './having';

const appointment = (id: string): Appointment => ({
  id,
  orderId: 'order-1',
  provider: 'getlabs',
  providerId: null,
  externalId: null,
  type: 'phlebotomy',
  status: 'confirmed',
  eventStatus: null,
  phase: 'confirmed',
  startsAt: '2026-01-05T10:00:00.000Z',
  endsAt: null,
  timezone: null,
  address: null,
  location: null,
  place: null,
  canReschedule: null,
  ref: 'ref-of-somebody',
  reason: null,
});

const [FIRST, SECOND] = [appointment('first'), appointment('second')];

const begun = () => having({ appointment: NO_APPOINTMENT });

test('what was taken over stays so when it is moved, and not when another is booked', () => {
  const b = begun();
  appointmentTakenOver(b, FIRST);
  expect(b.state.appointment).toMatchObject({
    held: FIRST,
    tookOver: true,
    takenOver: { id: 'first', ref: 'ref-of-somebody' },
  });
  appointmentHeld(b, SECOND, true);
  expect(b.state.appointment).toMatchObject({ held: SECOND, tookOver: true });
  appointmentHeld(b, FIRST, false);
  expect(b.state.appointment).toMatchObject({ held: FIRST, tookOver: false });
});

test('one of ours that is there already is not taken over', () => {
  const b = begun();
  ownAppointmentFound(b, FIRST);
  expect(b.state.appointment).toEqual({ ...NO_APPOINTMENT, held: FIRST });
});

test('ids are known as own once, and those that no answer named are known to be inferred', () => {
  const b = begun();
  knownAsOwn(b, 'first');
  knownAsOwn(b, 'first');
  expect(b.state.revision).toBe(2); // to know it again is no change
  inferredAsOwn(b, 'first');
  inferredAsOwn(b, 'second');
  expect(b.state.appointment).toMatchObject({
    ownIds: ['first', 'second'],
    inferredIds: ['first', 'second'],
  });
});

test('one that is gone stays held as cancelled; nothing can be gone that is not held', () => {
  const b = begun();
  appointmentGone(b);
  expect(b.state.appointment.held).toBeNull();
  appointmentSeen(b, FIRST);
  appointmentGone(b);
  expect(b.state.appointment.held).toEqual({ ...FIRST, phase: 'cancelled', status: 'cancelled' });
});

test('a move holds two until the old one is given up, or goes back to it', () => {
  const b = begun();
  appointmentHeld(b, SECOND, false);
  replacementHeld(b, FIRST);
  expect(b.state.appointment).toMatchObject({ held: SECOND, replaces: FIRST });
  wentBackTo(b, FIRST);
  expect(b.state.appointment).toMatchObject({ held: FIRST, replaces: null });
  replacementHeld(b, FIRST);
  replacementDone(b);
  expect(b.state.appointment.replaces).toBeNull();
});

test('a slot that is given back leaves nothing held, and nothing taken over', () => {
  const b = begun();
  appointmentTakenOver(b, FIRST);
  appointmentReleased(b);
  expect(b.state.appointment).toEqual({ ...NO_APPOINTMENT, takenOver: { id: 'first', ref: FIRST.ref } });
});

test('one of our own that is lost stays our own; one that was taken over was never ours', () => {
  const own = begun();
  appointmentHeld(own, FIRST, false);
  knownAsOwn(own, 'first');
  appointmentLost(own);
  expect(own.state.appointment).toEqual({ ...NO_APPOINTMENT, ownIds: ['first'] });

  const foreign = begun();
  appointmentTakenOver(foreign, FIRST);
  knownAsOwn(foreign, 'first');
  appointmentLost(foreign);
  expect(foreign.state.appointment).toEqual(NO_APPOINTMENT);
});

test('a person leaves one standing, or all that is ours', () => {
  const b = begun();
  appointmentLeft(b, 'first');
  appointmentLeft(b, 'first');
  expect(b.state.appointment.leftIds).toEqual(['first']);
  knownAsOwn(b, 'second');
  appointmentHeld(b, appointment('third'), false);
  allAppointmentsLeft(b);
  expect(b.state.appointment.leftIds).toEqual(['first', 'second', 'third']);
});

test('what a run told in its traces is known when it is taken up', () => {
  const told = newBooking('booking-1', '2026-01-01T00:00:00.000Z');
  appointmentTakenOver(told, FIRST);
  knownAsOwn(told, 'first');
  inferredAsOwn(told, 'second');
  replacementHeld(told, SECOND);
  appointmentLeft(told, 'third');
  const b = begun();
  appointmentTakenUp(b, FIRST, tracesOf(told));
  expect(b.state.appointment).toEqual({
    ...told.state.appointment,
    replaces: { id: 'second', startsAt: SECOND.startsAt, phase: 'confirmed' },
  });
});
