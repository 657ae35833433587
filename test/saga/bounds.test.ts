import { temporal } from '@temporalio/proto';
import { workflowIdOf } from '../../src/booking/names';
import { atHome } from '../support/saga';
import { AT_HOME_TEST, USER_ID } from '../support/sandbox';
import { useSaga } from '../support/use-saga';

/** The largest booking that there can be stays far below what Temporal takes: 2 MB in a payload, 50 MB in a history. */

const ATTEMPTS = 50;
const MAX_EVENT_BYTES = 262_144;
const MAX_HISTORY_BYTES = 4_000_000;

const { HistoryEvent } = temporal.api.history.v1;
const text = (length: number): string => 'é'.repeat(length);

/** A request whose texts are as long as they may be. */
function largest(): Record<string, unknown> {
  return atHome({
    patient: {
      userId: USER_ID,
      firstName: 'A'.repeat(50),
      lastName: 'R'.repeat(50),
      dob: '1984-03-09',
      gender: 'female',
      phone: '+16025550123',
      email: 'ana@example.com',
      address: {
        firstLine: text(200),
        secondLine: text(200),
        city: text(100),
        state: 'AZ',
        zip: '85004',
        country: 'US',
        accessNotes: text(1_000),
      },
      medicalProxy: {
        first_name: 'Eva',
        last_name: 'x'.repeat(16_000),
        phone_number: '+16025550123',
        address: { first_line: 'a', city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' },
      },
    },
    order: { labTestIds: [AT_HOME_TEST], extra: { clinical_notes: 'x'.repeat(16_300) } },
    notes: text(800),
    windows: Array.from({ length: 20 }, (_, n) => ({
      from: `+${2 + n}d`,
      to: `+${9 + n}d`,
      days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
      hours: '00:00-24:00',
    })),
    limits: { maxSlotAttempts: ATTEMPTS },
  });
}

describe('the largest booking', () => {
  const rig = useSaga({ resets: [], limits: { maxSlotsKept: 50 }, capabilities: { callTimeoutMs: 5_000 } });

  test('of fifty slots that are refused at length keeps every event and its history small', async () => {
    // A bad key has the slots searched anew each time.
    const detail = `Invalid booking key format ${'x'.repeat(100_000)}`;
    await rig.sandbox.fail('book', { times: ATTEMPTS, answer: { status: 400, body: { detail } } });
    const { booking } = await rig.bookings.start(largest());
    const view = await rig.until(booking.id, ({ status }) => status === 'failed', 90_000);
    expect(view).toMatchObject({ failure: { code: 'no_slot' } });
    expect(view.attempts).toHaveLength(ATTEMPTS);
    expect(new Set(view.attempts.map(({ startsAt }) => startsAt)).size).toBe(ATTEMPTS);

    const { events } = await rig.server.client.workflow.getHandle(workflowIdOf(booking.id)).fetchHistory();
    const sizes = (events ?? []).map((event) => HistoryEvent.encode(event).finish().length);
    expect(sizes.length).toBeGreaterThan(ATTEMPTS * 6);
    expect(Math.max(...sizes)).toBeLessThan(MAX_EVENT_BYTES);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_HISTORY_BYTES);
  }, 120_000);
});
