import {
  BEGINNING,
  ended,
  keptAs,
  moveBegan,
  searchBegan,
  stepBegan,
  stepReached,
  undoBegan,
  waitBegan,
  waitEnded,
} from '../../../../workflows/saga/parts/progress';
import { having } from './having';

const begun = () => having({ progress: BEGINNING });

test('steps change the status, and a move stays a move through all of them', () => {
  const b = begun();
  stepBegan(b, 'booking');
  expect(b.state.progress.status).toBe('booking');
  moveBegan(b);
  const { revision } = b.state;
  stepBegan(b, 'awaiting_confirmation');
  expect(b.state).toMatchObject({ revision, progress: { status: 'rescheduling' } });
  keptAs(b, 'confirmed');
  expect(b.state.progress.status).toBe('confirmed');
});

test('a move that lost its appointment is a search again', () => {
  const b = begun();
  moveBegan(b);
  searchBegan(b);
  expect(b.state.progress.status).toBe('searching');
});

test('a wait is told while it lasts', () => {
  const b = begun();
  waitBegan(b, 'confirmation', null);
  expect(b.state.progress.waitingFor).toMatchObject({ what: 'confirmation', until: null });
  waitEnded(b);
  expect(b.state.progress).toEqual(BEGINNING);
});

test('undo and end leave no wait behind', () => {
  const b = begun();
  waitBegan(b, 'confirmation', null);
  undoBegan(b);
  expect(b.state.progress).toEqual({ ...BEGINNING, status: 'compensating' });
  waitBegan(b, 'a lost answer', null);
  const failure = { code: 'no_slot', message: 'No slot is left.' };
  ended(b, 'failed', failure);
  expect(b.state.progress).toEqual({ step: 'order', status: 'failed', waitingFor: null, failure });
});

test('a booking stays at its step until it comes to another, also while it ends', () => {
  const b = begun();
  stepReached(b, 'appointment');
  undoBegan(b);
  ended(b, 'cancelled');
  expect(b.state.progress.step).toBe('appointment');
});
