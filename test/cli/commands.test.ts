import { Failure } from '../../src/booking/failures';
import type { BookingSummary } from '../../src/booking/schema/summary';
import { ConfigError } from '../../src/config';
import {
  BOOKING,
  CANCELLED,
  COMPENSATING,
  COMPLETED,
  CONFIRMED,
  FAILED,
  ID,
  NEEDS_PERSON,
  STARTED,
  WAITING,
} from './views';
import { runCli, watching, watchingOn } from './world';

const ESCAPE = '\u001b';

describe('show', () => {
  it('shows what is known, with times at the place', async () => {
    const { code, out } = await runCli(['show', ID], { bookings: { get: () => Promise.resolve(CONFIRMED) } });
    expect(code).toBe(0);
    expect(out).toMatchSnapshot();
  });

  it('shows why a person is needed, what was tried and what to type', async () => {
    const { code, out } = await runCli(['show', ID], {
      bookings: { get: () => Promise.resolve(NEEDS_PERSON) },
    });
    expect(code).toBe(3);
    expect(out).toContain('Needs a person since Tue 1 Dec 2026, 14:04 UTC: credentials_rejected');
    expect(out).toContain('2026-12-01T14:04:00.000Z while booking: credentials_rejected');
    expect(out).toContain(`retry      Try again what failed.\n             npm run booking -- retry ${ID}`);
    expect(out).toContain(`npm run booking -- resolve ${ID} end --why "…"`);
    expect(out).toContain(`npm run booking -- resolve ${ID} a_new_one --why "…"`);
  });

  it('shows what was undone and why it failed', async () => {
    const { code, out } = await runCli(['show', ID], { bookings: { get: () => Promise.resolve(FAILED) } });
    expect(code).toBe(1);
    expect(out).toContain('  order  undone   1      Tue 1 Dec 2026, 14:05 UTC');
    expect(out).toContain('no_slot: No slot in the wanted windows could be held.');
  });

  it("takes Temporal's workflow id as well", async () => {
    const get = jest.fn(() => Promise.resolve(CONFIRMED));
    await runCli(['show', `booking:${ID}`], { bookings: { get } });
    expect(get).toHaveBeenCalledWith(ID);
  });

  it('colours on a terminal that has colours, and nowhere else', async () => {
    const bookings = { get: () => Promise.resolve(CONFIRMED) };
    const shown = async (terminal: { hasColours: boolean } | null): Promise<string> =>
      (await runCli(['show', ID], { bookings, terminal })).out;
    expect(await shown({ hasColours: true })).toContain(`${ESCAPE}[32mconfirmed${ESCAPE}[39m`);
    expect(await shown({ hasColours: false })).not.toContain(ESCAPE);
    expect(await shown(null)).not.toContain(ESCAPE);
  });

  it('does not let what a provider says steer the terminal', async () => {
    const reference = `a${ESCAPE}]0;title\u0007b${ESCAPE}[2Jc\u009bd\r`;
    const { out } = await runCli(['show', ID], {
      bookings: { get: () => Promise.resolve({ ...CONFIRMED, reference }) },
      terminal: { hasColours: true },
    });
    expect(out).toContain('a]0;titleb[2Jcd');
  });
});

describe('watch', () => {
  it('shows each change until the booking has ended', async () => {
    const { code, out } = await runCli(['watch', ID], {
      bookings: { watch: watching(WAITING, CONFIRMED, COMPLETED) },
    });
    expect(code).toBe(0);
    expect(out.match(/^14:03:\d\dZ {2}/gm)).toHaveLength(3);
  });

  it('writes one JSON line a change with --json', async () => {
    const { out } = await runCli(['watch', ID, '--json'], {
      bookings: { watch: watching(WAITING, CANCELLED) },
    });
    const lines: unknown[] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([WAITING, CANCELLED]);
  });

  it('shows the choices when a person is needed, and goes on', async () => {
    const { code, out } = await runCli(['watch', ID], {
      bookings: { watch: watching(NEEDS_PERSON, { ...NEEDS_PERSON, revision: 8 }, CANCELLED) },
    });
    expect(code).toBe(1);
    expect(out.match(/Choices/g)).toHaveLength(1);
  });

  it('stops at a settled booking with --settled', async () => {
    const { code } = await runCli(['watch', ID, '--settled'], {
      bookings: { watch: watchingOn(WAITING, CONFIRMED) },
    });
    expect(code).toBe(0);
  });

  it('tells programs about the end of the watch by the exit code alone', async () => {
    const { code, out } = await runCli(['watch', ID, '--json'], {
      bookings: { watch: watchingOn(WAITING) },
      interrupts: (press) => setImmediate(press),
    });
    expect(code).toBe(130);
    expect(out).toBe(`${JSON.stringify(WAITING)}\n`);
  });
});

describe('list', () => {
  const SUMMARY: BookingSummary = {
    id: ID,
    status: 'awaiting_confirmation',
    open: true,
    provider: 'junction-phlebotomy',
    account: 'default',
    reference: 'visit-8812',
    orderId: 'order-1',
    startsAt: '2026-12-07T16:00:00.000Z',
    attention: null,
    createdAt: '2026-12-01T14:03:05.000Z',
    endedAt: null,
  };

  it('lists bookings in columns, and how to see more', async () => {
    const { code, out } = await runCli(['list'], {
      bookings: { list: () => Promise.resolve({ bookings: [SUMMARY], nextPageToken: 'more' }) },
    });
    expect(code).toBe(0);
    expect(out).toMatchSnapshot();
  });

  it('passes every filter on', async () => {
    const list = jest.fn(() => Promise.resolve({ bookings: [], nextPageToken: null }));
    const filters = [
      '--status',
      'failed',
      '--provider',
      'oliver',
      '--account',
      'a',
      '--attention',
      'fee_window',
    ];
    const more = ['--order', 'o', '--reference', 'r', '--open', '--limit', '7', '--page', 'p'];
    const { out } = await runCli(['list', ...filters, ...more], { bookings: { list } });
    expect(list).toHaveBeenCalledWith({
      status: 'failed',
      provider: 'oliver',
      account: 'a',
      attention: 'fee_window',
      orderId: 'o',
      reference: 'r',
      open: true,
      pageSize: 7,
      pageToken: 'p',
    });
    expect(out).toBe('No bookings.\n');
  });

  it('asks for any attention when no reason is given', async () => {
    const list = jest.fn(() => Promise.resolve({ bookings: [], nextPageToken: null }));
    await runCli(['list', '--attention'], { bookings: { list } });
    expect(list).toHaveBeenCalledWith(expect.objectContaining({ attention: true, pageSize: 50 }));
  });

  it.each([
    ['--status', 'booked'],
    ['--provider', 'nobody'],
    ['--limit', '0'],
    ['--limit', '1001'],
    ['--limit', ''],
    ...['--account', '--attention', '--order', '--reference', '--page'].flatMap((option) => [
      [option, ''],
      [option, ' '],
      [option, '\u200B'],
    ]),
  ])('%s %s is wrong usage', async (...option) => {
    expect((await runCli(['list', ...option])).code).toBe(2);
  });
});

describe('slots', () => {
  const SLOT = {
    key: 'slot-key',
    startsAt: '2026-12-07T16:00:00.000Z',
    endsAt: '2026-12-07T18:00:00.000Z',
    expiresAt: '2026-12-01T15:00:00.000Z',
    timezone: 'America/Phoenix',
    price: 25,
    distance: null,
    location: null,
    place: null,
  };

  it('lists what would be tried, in the zone of the place', async () => {
    const { code, out } = await runCli(['slots', 'examples/at-home.json'], {
      bookings: { findSlots: () => Promise.resolve({ slots: [SLOT], complete: true }) },
    });
    expect(code).toBe(0);
    expect(out).toContain('1  Mon 7 Dec 2026, 09:00–11:00 America/Phoenix (UTC-07:00)');
  });

  it('gives programs the keys', async () => {
    const { out } = await runCli(['slots', 'examples/at-home.json', '--json'], {
      bookings: { findSlots: () => Promise.resolve({ slots: [SLOT], complete: true }) },
    });
    expect(JSON.parse(out)).toEqual({ slots: [SLOT], complete: true });
  });

  it.each([
    ['some', [SLOT], '1  Mon 7 Dec 2026'],
    ['none', [], 'No slots in these windows.'],
  ])('says that not all days were searched, with %s found', async (_what, slots, text) => {
    const { out } = await runCli(['slots', 'examples/at-home.json'], {
      bookings: { findSlots: () => Promise.resolve({ slots, complete: false }) },
    });
    expect(out).toContain(text);
    expect(out).toContain('The search stopped at its limit of calls');
  });

  it('names the field that the provider refused', async () => {
    const failure = new Failure('area_not_served', { field: 'patient.address.zip' });
    const { code, err } = await runCli(['slots', 'examples/at-home.json'], {
      bookings: { findSlots: () => Promise.reject(failure) },
    });
    expect(code).toBe(2);
    expect(err).toContain('  patient.address.zip  The provider does not serve this place.');
  });
});

describe('cancel, retry and resolve', () => {
  const needsPerson = () => Promise.resolve(NEEDS_PERSON);
  const QUESTION = { reason: 'credentials_rejected', since: NEEDS_PERSON.attention?.since };

  it('cancel sends what was asked, in the name of who types', async () => {
    const cancel = jest.fn(() => Promise.resolve(COMPENSATING));
    const { code, out } = await runCli(
      ['cancel', ID, '--reason', 'travelling', '--order', 'keep', '--accept-fees'],
      { bookings: { cancel } },
    );
    expect(code).toBe(0);
    expect(out).toContain('Accepted.');
    expect(cancel).toHaveBeenCalledWith(ID, {
      by: 'cli:ana',
      reason: 'travelling',
      order: 'keep',
      acceptFees: true,
    });
  });

  it.each([
    [CANCELLED, 0],
    [FAILED, 1],
    [NEEDS_PERSON, 3],
  ])('cancel --wait exits by the end that it brought: $0.status', async (view, expected) => {
    const { code } = await runCli(['cancel', ID, '--wait'], {
      bookings: { cancel: () => Promise.resolve(COMPENSATING), watch: watching(COMPENSATING, view) },
    });
    expect(code).toBe(expected);
  });

  it('retry sends a retry and waits for what comes of it', async () => {
    const retry = jest.fn(() => Promise.resolve(BOOKING));
    const { code, out } = await runCli(['retry', ID, '--wait'], {
      bookings: { get: needsPerson, retry, watch: watching(BOOKING, CONFIRMED) },
    });
    expect(code).toBe(0);
    expect(retry).toHaveBeenCalledWith(ID, { by: 'cli:ana', ...QUESTION });
    expect(out).toContain('credentials_rejected\nThe provider rejected our credentials.\nAccepted.');
  });

  it('resolve sends the decision', async () => {
    const resolve = jest.fn(() => Promise.resolve(COMPENSATING));
    await runCli(['resolve', ID, 'end', '--why', 'clinic closed', '--json'], {
      bookings: { get: needsPerson, resolve },
    });
    const decision = { choice: 'end', why: 'clinic closed' };
    expect(resolve).toHaveBeenCalledWith(ID, { by: 'cli:ana', ...decision, ...QUESTION });
  });

  it.each([
    ['retry', ['retry', ID]],
    ['resolve', ['resolve', ID, 'end', '--why', 'clinic closed']],
  ] as const)(
    '%s is for the question that was shown, and a refusal says where to look',
    async (kind, argv) => {
      const send = jest.fn(() => Promise.reject(new Failure('attention_changed')));
      const shown = '2026-12-01T13:00:00.000Z';
      const bookings = { get: needsPerson, [kind]: send };
      const { code, err } = await runCli([...argv, '--since', shown], { bookings });
      expect(send).toHaveBeenCalledWith(ID, expect.objectContaining({ ...QUESTION, since: shown }));
      expect(code).toBe(6);
      expect(err).toContain('npm run booking -- show <id>');
    },
  );

  it.each([
    [CONFIRMED, 'The booking does not wait for a decision.'],
    [FAILED, 'The booking has ended.'],
  ])('a booking that asks nothing is sent no decision: $status', async (view, message) => {
    const { code, err } = await runCli(['retry', ID], { bookings: { get: () => Promise.resolve(view) } });
    expect(code).toBe(6);
    expect(err).toContain(message);
  });

  it.each([
    [['resolve', ID, 'end']],
    [['resolve', ID, 'end', '--why', ' ']],
    [['resolve', ID, 'explode', '--why', 'x']],
    [['resolve', ID, 'end', '--why', 'x', '--since', 'yesterday']],
    [['cancel', ID, '--order', 'burn']],
    [['cancel', '']],
    [['retry']],
  ])('%j is wrong usage', async (argv) => {
    const { code, connected } = await runCli(argv);
    expect([code, connected]).toEqual([2, 0]);
  });

  it.each([
    ['fees_not_accepted', 6, '--accept-fees'],
    ['already_ended', 6, 'The booking has ended.'],
    ['booking_not_found', 4, 'npm run booking -- list'],
    ['temporal_unavailable', 5, 'Temporal cannot be reached.'],
  ] as const)('tells a refusal: %s', async (refusal, expected, message) => {
    const { code, err } = await runCli(['cancel', ID], {
      bookings: { cancel: () => Promise.reject(new Failure(refusal)) },
    });
    expect(code).toBe(expected);
    expect(err).toContain(message);
  });
});

describe('what goes wrong around the commands', () => {
  it('says where Temporal was looked for', async () => {
    const hint = 'No Temporal found: run npm start or set TEMPORAL_ADDRESS.';
    const { code, err } = await runCli(['list'], {
      unreachable: new Failure('temporal_unavailable', { hint }),
    });
    expect(code).toBe(5);
    expect(err).toBe(`Temporal cannot be reached. ${hint}\n`);
  });

  it('names a wrong setting', async () => {
    const { code, err } = await runCli(['list'], { unreachable: new ConfigError('PORT: must be a port') });
    expect([code, err]).toEqual([2, 'PORT: must be a port\n']);
  });

  it('owns up to a bug without its message, and shows the place with --debug only', async () => {
    const bookings = { get: () => Promise.reject(new RangeError('Ana Reyes')) };
    const { code, err, closed } = await runCli(['show', ID], { bookings });
    expect(code).toBe(70);
    expect(err).toBe(
      'This is a bug (RangeError).\nRepeat it with --debug to see where it happens, and report that.\n',
    );
    expect(closed).toBe(1);
    expect((await runCli(['show', ID, '--debug'], { bookings })).err).toContain('commands.test.ts');
  });

  it('shows the help, with an example, for every command', async () => {
    const { code, out } = await runCli(['--help']);
    expect(code).toBe(0);
    const commands = ['book', 'show', 'watch', 'list', 'slots', 'cancel', 'retry', 'resolve'];
    for (const name of commands) {
      expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
      const help = await runCli([name, '--help']);
      expect([help.code, help.out]).toEqual([0, expect.stringContaining(`npm run booking -- ${name} `)]);
    }
  });

  it.each([[[]], [['frobnicate']], [['show']], [['show', ID, 'x']], [['show', ID, '--frob']]])(
    '%j is wrong usage',
    async (argv: string[]) => {
      expect((await runCli(argv)).code).toBe(2);
    },
  );

  it('keeps quiet about what is only news', async () => {
    const { out } = await runCli(['watch', ID], {
      bookings: { watch: watching(STARTED, { ...STARTED, revision: 1 }, CANCELLED) },
    });
    expect(out.match(/ordering/g)).toHaveLength(1);
  });
});
