import { Failure } from '../../src/booking/failures';
import { PROVIDERS } from '../../src/booking/vendors';
import type { BookingClient } from '../../src/client/booking-client';
import {
  BOOKING,
  CANCELLED,
  COMPLETED,
  CONFIRMED,
  FAILED,
  ID,
  NEEDS_PERSON,
  STARTED,
  WAITING,
} from './views';
import { runCli, watching, watchingOn } from './world';

const AT_HOME = 'examples/at-home.json';

const starting: BookingClient['start'] = () => Promise.resolve({ booking: STARTED, created: true });

describe('book', () => {
  it('shows a line for each change and exits 0 when the booking is confirmed', async () => {
    const watch = watching(STARTED, BOOKING, BOOKING, WAITING, CONFIRMED);
    const { code, out, connected, closed } = await runCli(['book', AT_HOME], {
      bookings: { start: starting, watch },
    });
    expect(code).toBe(0);
    const [first, ...lines] = out.split('\n\n')[0]?.split('\n') ?? [];
    expect(first).toBe(`Booking ${ID} started.`);
    expect(lines).toEqual([
      '14:03:05Z  ordering',
      '14:03:06Z  booking                order order-1 received.requisition_created · slot 1, Mon 7 Dec 2026, 16:00 UTC: booking',
      "14:03:07Z  awaiting confirmation  slot 1, Mon 7 Dec 2026, 09:00 America/Phoenix (UTC-07:00): held · appointment pending at getlabs · waits for the appointment's confirmation, until Tue 1 Dec 2026, 14:19 UTC",
      '14:03:09Z  confirmed              slot 1, Mon 7 Dec 2026, 09:00 America/Phoenix (UTC-07:00): confirmed · appointment confirmed at getlabs',
    ]);
    expect(out).toContain('Appointment  Mon 7 Dec 2026, 09:00–11:00 America/Phoenix (UTC-07:00)');
    expect([connected, closed]).toEqual([1, 1]);
  });

  it.each([
    [CONFIRMED, 0],
    [COMPLETED, 0],
    [CANCELLED, 1],
    [FAILED, 1],
    [NEEDS_PERSON, 3],
  ])('exits by how the booking settled: $0.status', async (view, expected) => {
    const { code } = await runCli(['book', AT_HOME], {
      bookings: { start: starting, watch: watching(view) },
    });
    expect(code).toBe(expected);
  });

  it('hands over the request as it is written with the key, and returns at once with --no-wait', async () => {
    const start = jest.fn(starting);
    const { code, out } = await runCli(['book', AT_HOME, '--no-wait', '--key', 'visit-8812', '--json'], {
      bookings: { start },
    });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(STARTED);
    expect(start).toHaveBeenCalledWith(
      expect.objectContaining({
        provider: 'junction-phlebotomy',
        windows: [{ from: expect.stringMatching(/^\+\d+d$/), to: expect.stringMatching(/^\+\d+d$/) }],
      }),
      { idempotencyKey: 'visit-8812', keyName: 'cli' },
    );
  });

  it('says that a key was used before, and tells how that booking stands', async () => {
    const { code, out } = await runCli(['book', AT_HOME, '--no-wait', '--key', 'k'], {
      bookings: { start: () => Promise.resolve({ booking: FAILED, created: false }) },
    });
    expect(code).toBe(1);
    expect(out).toContain(`Booking ${ID} was started before with this key.`);
    expect(out).toContain('no_slot: No slot in the wanted windows could be held.');
  });

  it('answers one JSON document and no progress with --json', async () => {
    const { out } = await runCli(['book', AT_HOME, '--json'], {
      bookings: { start: starting, watch: watching(STARTED, BOOKING, CONFIRMED) },
    });
    expect(JSON.parse(out)).toEqual(CONFIRMED);
  });

  it('goes on until the visit is over with --watch', async () => {
    const { code, out } = await runCli(['book', AT_HOME, '--watch'], {
      bookings: { start: starting, watch: watching(CONFIRMED, COMPLETED) },
    });
    expect(code).toBe(0);
    expect(out).toContain('completed');
  });

  it('stops waiting when the time is up, and says that the booking goes on', async () => {
    const { code, out } = await runCli(['book', AT_HOME, '--timeout', '0.05'], {
      bookings: { start: starting, watch: watchingOn(WAITING) },
    });
    expect(code).toBe(124);
    expect(out).toContain(
      `The time to wait is up. The booking goes on; see it again: npm run booking -- watch ${ID}`,
    );
  });

  it('ends the waiting and not the booking on Ctrl-C', async () => {
    const { code, out } = await runCli(['book', AT_HOME], {
      bookings: { start: starting, watch: watchingOn(WAITING) },
      interrupts: (press) => setImmediate(press),
    });
    expect(code).toBe(130);
    expect(out).toContain('Stopped watching. The booking goes on');
  });

  it('names the booking that uses the order', async () => {
    const failure = new Failure('order_in_use', { field: 'order.id', hint: ID });
    const { code, err } = await runCli(['book', 'examples/adopt-order.json'], {
      bookings: { start: () => Promise.reject(failure) },
    });
    expect(code).toBe(6);
    expect(err).toBe(`Another open booking uses this order.\nSee it: npm run booking -- show ${ID}\n`);
  });
});

describe('book with a request that is wrong', () => {
  const base = (): Record<string, unknown> => ({
    provider: 'junction-phlebotomy',
    order: { id: '413d7205-f8a9-42ed-aa4a-edb99e481ca0', onFailure: 'keep' },
    windows: [{ from: '+3d', to: '+7d' }],
  });

  it('lists every wrong field with what is right, and reaches no Temporal', async () => {
    const request = { ...base(), account: 'no such', windows: [{ from: '2020-01-01', to: '2020-01-02' }] };
    const { code, err, connected } = await runCli(['book', '-'], { stdin: JSON.stringify(request) });
    expect(code).toBe(2);
    expect(err).toBe(
      [
        'standard input holds no valid booking request; nothing was started.',
        '  account       Must be the name of a configured account.',
        '  windows.0.to  Is in the past; must be today or later.',
        '',
      ].join('\n'),
    );
    expect(connected).toBe(0);
  });

  it('gives programs the same', async () => {
    const { code, out } = await runCli(['book', '-', '--json'], {
      stdin: JSON.stringify({ ...base(), provider: 'nobody' }),
    });
    expect(JSON.parse(out)).toEqual({
      error: {
        code: 'invalid_request',
        message: 'standard input holds no valid booking request; nothing was started.',
        fields: [{ field: 'provider', hint: `Must be one of ${PROVIDERS.join(', ')}.` }],
        exit: code,
      },
    });
  });

  it('tells where a text is no JSON, without quoting it', async () => {
    const { code, err } = await runCli(['book', '-'], { stdin: '{\n  "dob": "1984-03-09"\n  "x": 1\n}' });
    expect(code).toBe(2);
    expect(err).toContain('Line 3, column 3: expected a comma, or the end of this list or object.');
    expect(err).not.toContain('1984');
  });

  it.each([
    [['book', 'examples/none.json'], 'Cannot read examples/none.json: there is no such file.'],
    [['book', 'examples'], 'Cannot read examples: it is a folder.'],
    [['book', AT_HOME, '--key', ''], 'Must be 1 to 255 printable ASCII characters without spaces.'],
    [['book', AT_HOME, '--timeout', 'soon'], 'Give seconds, more than 0'],
    [['book', AT_HOME, '--no-wait', '--watch'], "option '--watch' cannot be used with option '--no-wait'"],
  ])('%j is wrong usage', async (argv, message) => {
    const { code, err } = await runCli(argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
