import { existsSync, readFileSync } from 'node:fs';
import { newestOf, phaseOf, appointmentPhaseOf } from '../../../src/providers/junction/statuses';
import { dateOf, plusDays, utc } from '../../../src/providers/junction/times';
import { CONTRACT_FILE } from './contract';
import type { OrderPhase, AppointmentPhase } from '../../../src/booking/model';

const silent = (): void => undefined;

describe('an appointment stands as its two status words say together', () => {
  const STANDINGS: [string | null, string | null, AppointmentPhase][] = [
    ['confirmed', 'scheduled', 'confirmed'],
    ['pending', 'pending', 'pending'],
    ['reserved', 'reserved', 'reserved'],
    ['in_progress', 'in_progress', 'in_progress'],
    ['completed', 'completed', 'completed'],
    ['cancelled', 'cancelled', 'cancelled'],
    // The vendor's own example of a patient's move.
    ['pending', 'scheduled', 'confirmed'],
    // A cancelled one is never taken for live, whichever word lags.
    ['cancelled', 'scheduled', 'cancelled'],
    ['confirmed', 'cancelled', 'cancelled'],
    ['completed', 'cancelled', 'cancelled'],
    ['confirmed', 'completed', 'completed'],
    ['reserved', 'pending', 'reserved'],
    // One word missing, as in the seed.
    ['pending', null, 'pending'],
    [null, 'scheduled', 'confirmed'],
    [null, null, 'unknown'],
    // New words.
    ['no_show', 'scheduled', 'unknown'],
    ['confirmed', 'assigned', 'unknown'],
    ['no_show', 'cancelled', 'cancelled'],
    ['completed', 'invoiced', 'completed'],
    ['constructor', null, 'unknown'],
  ];

  test.each(STANDINGS)('%p with %p is %s', (status, eventStatus, phase) => {
    expect(appointmentPhaseOf(status, eventStatus, silent)).toBe(phase);
  });

  test('new words are told', () => {
    const told: string[][] = [];
    appointmentPhaseOf('no_show', 'assigned', (...words) => void told.push(words));
    expect(told).toEqual([
      ['appointment.status', 'no_show'],
      ['appointment.event_status', 'assigned'],
    ]);
  });
});

describe('an order is in the phase that its status names', () => {
  const PHASES: [string | null, OrderPhase][] = [
    ['received.at_home_phlebotomy.ordered', 'received'],
    ['received.at_home_phlebotomy.requisition_created', 'ready'],
    ['received.walk_in_test.requisition_bypassed', 'ready'],
    ['collecting_sample.at_home_phlebotomy.appointment_pending', 'collecting'],
    ['collecting_sample.at_home_phlebotomy.appointment_scheduled', 'collecting'],
    ['collecting_sample.at_home_phlebotomy.appointment_cancelled', 'collecting'],
    ['collecting_sample.at_home_phlebotomy.draw_completed', 'with_lab'],
    ['sample_with_lab.walk_in_test.partial_results', 'with_lab'],
    ['completed.walk_in_test.order_completed', 'completed'],
    ['completed.walk_in_test.completed', 'completed'],
    ['completed.testkit.corrected', 'completed'],
    ['cancelled.at_home_phlebotomy.cancelled', 'cancelled'],
    ['cancelled.testkit.do_not_process', 'cancelled'],
    ['failed.at_home_phlebotomy.sample_error', 'failed'],
    ['failed.testkit.lost', 'failed'],
    // The deprecated short status.
    ['collecting_sample', 'collecting'],
    ['cancelled', 'cancelled'],
    // New words: their group counts, never a guess at "ready".
    ['received.at_home_phlebotomy.requisition_mailed', 'received'],
    ['cancelled.at_home_phlebotomy.by_lab', 'cancelled'],
    ['paused.at_home_phlebotomy.on_hold', 'unknown'],
    ['paused', 'unknown'],
    ['constructor.x.toString', 'unknown'],
    ['', 'unknown'],
    [null, 'unknown'],
  ];

  test.each(PHASES)('%p is %s', (status, phase) => {
    expect(phaseOf(status, silent)).toBe(phase);
  });

  const there = existsSync(CONTRACT_FILE) ? test : test.skip;

  there("none of the contract's statuses is unknown", () => {
    const { components } = JSON.parse(readFileSync(CONTRACT_FILE, 'utf8')) as {
      components: { schemas: { OrderStatus: { enum: string[] } } };
    };
    const statuses = components.schemas.OrderStatus.enum;
    const told: string[] = [];
    for (const status of statuses) phaseOf(status, (_field, word) => void told.push(word));
    expect(statuses).toContain('received.at_home_phlebotomy.ordered');
    expect(told).toEqual([]);
  });
});

describe('the newest event', () => {
  const event = (id: number, created_at: string | null) => ({ id, created_at, status: `s${id}`, data: null });

  test('is the latest in time, not the last in the list', () => {
    expect(newestOf([event(2, '2022-01-02T00:00:00Z'), event(1, '2022-01-01T00:00:00Z')])?.id).toBe(2);
  });
  test('is the last listed of those of the same time', () => {
    expect(newestOf([event(1, '2022-01-01T00:00:00Z'), event(2, '2022-01-01T00:00:00')])?.id).toBe(2);
  });
  test('is not one without a time where others have one', () => {
    expect(newestOf([event(1, '2022-01-01T00:00:00Z'), event(2, null), null])?.id).toBe(1);
  });
  test('is none where there are none', () => {
    expect(newestOf(null)).toBeNull();
  });
});

test.each([
  ['2023-05-15T16:00:00+00:00', '2023-05-15T16:00:00.000Z'],
  ['2023-05-15T16:00:00', '2023-05-15T16:00:00.000Z'],
  ['2023-05-15T16:00:00.123456', '2023-05-15T16:00:00.123Z'],
  ['2023-05-15 16:00:00', '2023-05-15T16:00:00.000Z'],
  ['2023-05-15T09:00:00-07:00', '2023-05-15T16:00:00.000Z'],
  ['2023-05-15T16:00:00Z', '2023-05-15T16:00:00.000Z'],
  ['tomorrow', null],
  ['2023-99-99T00:00:00', null],
  ['', null],
  [null, null],
  [undefined, null],
])('the time %p is %p', (time, expected) => {
  expect(utc(time)).toBe(expected);
});

test.each([
  ['1984-03-09', '1984-03-09'],
  ['1984-03-09T00:00:00+00:00', '1984-03-09'],
  ['9 March', null],
  [null, null],
])('the date of %p is %p', (value, expected) => {
  expect(dateOf(value)).toBe(expected);
});

test('days are added over months and leap days', () => {
  expect(plusDays('2028-02-20', 14)).toBe('2028-03-05');
});
