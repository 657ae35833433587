import { CAPABILITIES } from '../../../src/booking/capabilities';
import { DEFAULT_LIMITS } from '../../../src/booking/limits';
import type { BookingRequest } from '../../../src/booking/schema/request';
import { carriedOn, type Carried } from '../../../workflows/saga/long-life';
import { NO_MAIL } from '../../../workflows/saga/mail';
import { requestRead } from '../../../workflows/saga/parts/terms';
import { isRead, newBooking } from '../../../workflows/saga/state';

const request: BookingRequest = { provider: 'oliver', account: 'north', preference: 'earliest' };

function carried(): Carried {
  const b = newBooking('b', '2026-01-01T00:00:00.000Z', request);
  requestRead(b, { request, capabilities: CAPABILITIES.oliver, limits: DEFAULT_LIMITS });
  if (!isRead(b)) throw new Error('its request was read');
  const { request: _request, ...terms } = b.state.terms;
  return { state: { ...b.state, terms }, inbox: NO_MAIL, published: {} };
}

test('a booking goes on at the step that it had come to', () => {
  const { state, ...rest } = carried();
  const there = { ...state, progress: { ...state.progress, step: 'readiness' } } as const;
  expect(carriedOn(request, { state: there, ...rest }).state.progress.step).toBe('readiness');
});
