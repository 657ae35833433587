import {
  cancelAccepted,
  cancelledIdReused,
  NOTHING_UNDONE,
  staffAsked,
  staffDone,
  undoCalled,
  undoLeftToStaff,
  undoOfAppointmentLeft,
  undosDue,
  undosLeft,
  undoTakenUp,
  undoTried,
} from '../../../../workflows/saga/parts/undo';
import { newBooking } from '../../../../workflows/saga/state';
import { tracesOf } from '../../../../workflows/saga/view';
import { having } from './having';

const begun = () => having({ undo: NOTHING_UNDONE });

test('undos are pending in their order until they are tried, and each try counts', () => {
  const b = begun();
  undosDue(b, ['appointment', 'order']);
  undoTried(b, 'appointment', 'pending');
  undoTried(b, 'appointment', 'undone');
  expect(b.state.undo.compensation).toMatchObject([
    { step: 'appointment', outcome: 'undone', attempts: 2 },
    { step: 'order', outcome: 'pending', attempts: 0 },
  ]);
});

test('one that waits for the provider’s staff is left to a person, and was not tried again', () => {
  const b = begun();
  undosDue(b, ['appointment', 'order']);
  undoLeftToStaff(b, 'order');
  expect(b.state.undo.compensation).toMatchObject([
    { step: 'appointment', outcome: 'pending' },
    { step: 'order', outcome: 'left_to_person', attempts: 0 },
  ]);
});

test('a person may leave all of it, or the appointment alone before the end', () => {
  const b = begun();
  undosLeft(b, ['appointment', 'order']);
  expect(b.state.undo.compensation.map(({ outcome }) => outcome)).toEqual([
    'left_to_person',
    'left_to_person',
  ]);
  undoOfAppointmentLeft(b);
  undoOfAppointmentLeft(b);
  expect(b.state.undo.compensation).toMatchObject([
    { step: 'order', attempts: 0 },
    { step: 'appointment', outcome: 'left_to_person', attempts: 1 },
  ]);
});

test('that an undo reached the provider is noted once', () => {
  const b = begun();
  undoCalled(b, 'order');
  undoCalled(b, 'order');
  expect(b.state).toMatchObject({ revision: 2, undo: { calls: ['order'] } });
});

test('twenty accepted cancels are kept, the newest, and none of an id that is used again', () => {
  const b = begun();
  for (let n = 0; n < 25; n += 1) cancelAccepted(b, `appointment-${n}`);
  cancelAccepted(b, 'appointment-20');
  const ids = () => b.state.undo.acceptedCancels.map(({ id }) => id);
  expect(ids()).toHaveLength(20);
  expect([ids()[0], ids().at(-1)]).toEqual(['appointment-5', 'appointment-20']);
  cancelledIdReused(b, 'appointment-20');
  expect(ids()).not.toContain('appointment-20');
});

test('the staff has been asked until what it was asked for is shown as ended', () => {
  const b = begun();
  staffAsked(b, 'one');
  staffAsked(b, 'one');
  staffAsked(b, 'two');
  staffDone(b, ['one', 'other']);
  expect(b.state.undo.askedOfStaff).toEqual(['two']);
  const { revision } = b.state;
  staffDone(b, ['other']);
  expect(b.state.revision).toBe(revision);
});

test('what a run told in its traces is known when it is taken up; what callers see begins anew', () => {
  const told = newBooking('booking-1', '2026-01-01T00:00:00.000Z');
  undosDue(told, ['order']);
  undoCalled(told, 'order');
  cancelAccepted(told, 'one');
  staffAsked(told, 'two');
  const b = begun();
  undoTakenUp(b, tracesOf(told));
  expect(b.state.undo).toEqual({ ...told.state.undo, compensation: [] });
});
