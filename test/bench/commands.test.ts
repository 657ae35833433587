import { actions } from '../../bench/actions/command';
import { sharesOf } from '../../bench/actions/run';
import { api } from '../../bench/api/command';
import { apiPlan } from '../../bench/api/plan';
import { open } from '../../bench/open/command';
import { openPlan } from '../../bench/open/plan';
import { scale } from '../../bench/scale/command';
import { scalePlan } from '../../bench/scale/plan';
import { start } from '../../bench/start/command';

/** The measurements besides the comparison: what they are told, before anything is started. */

test.each([
  [open, ['--bookings', 'many'], /--bookings.*many/],
  [open, ['--bookings', '0.5'], /--bookings/],
  [open, ['--seconds', '2'], /--seconds/],
  [api, ['--seconds', '-1'], /--seconds/],
  [api, ['fast'], /fast/],
  [scale, ['--seconds', ''], /--seconds/],
  [scale, ['--workers', '3'], /--workers/],
  [start, ['--starts', '3'], /--starts/],
  [actions, ['--bookings', '3'], /--bookings/],
])('a wrong option is refused and named: %p %j', (command, args, why) => {
  expect(() => command(args)).toThrow(why);
});

test('of many bookings 200 are told steadily and 200 after the kill; of few a third each, and some are left to drain', () => {
  expect(openPlan(10_000)).toMatchObject({ bookings: 10_000, told: 200, perSecond: 20 });
  expect(openPlan(60).told).toBe(20);
  expect(openPlan(1).told).toBe(1);
});

test('a steady load is long enough for its p99, and more workers are compared with one before and after', () => {
  const { perSecond, steadyMs } = apiPlan(10);
  expect((perSecond * steadyMs) / 1_000).toBeGreaterThanOrEqual(100);
  expect(scalePlan(10).workers).toEqual([1, 2, 4, 1]);
});

test('an action is a booking’s share of what its type has grown by', () => {
  const before = new Map([
    ['timer', 3],
    ['signal', 1],
  ]);
  const after = new Map([
    ['timer', 8],
    ['signal', 1],
    ['start', 10],
  ]);
  expect(sharesOf(before, after, 10)).toEqual({ timer: 0.5, start: 1 });
});
