import type { AuditReport, Finding } from '../../src/booking/audit';
import type { Bulk, ExplainedStep } from '../../src/client/booking-client';
import { CONFIRMED, ID } from './views';
import { runCli, watching } from './world';

const FINDING: Finding = {
  kind: 'order_left',
  provider: 'junction-psc',
  account: 'default',
  bookingId: ID,
  orderId: 'o-1',
  appointmentId: null,
  booking: 'failed',
  shown: 'received.walk_in_test.ordered',
};

describe('audit', () => {
  const report = (findings: Finding[]): AuditReport => ({
    findings,
    bookings: 3,
    orders: 5,
    truncated: false,
  });

  it('prints what does not fit, explains it, and exits 3', async () => {
    const audit = jest.fn(() => Promise.resolve(report([FINDING])));
    const argv = ['audit', '--provider', 'junction-psc', '--days', '7'];
    const { code, out } = await runCli(argv, { bookings: { audit } });
    expect(code).toBe(3);
    expect(audit).toHaveBeenCalledWith({ provider: 'junction-psc', account: undefined, days: 7 });
    expect(out).toContain('order_left');
    expect(out).toContain('the order that it placed is live at the provider');
  });

  it('exits 0 when everything fits', async () => {
    const bookings = { audit: () => Promise.resolve(report([])) };
    const { code, out } = await runCli(['audit'], { bookings });
    expect([code, out]).toEqual([0, 'Looked at 3 bookings and 5 orders. Everything fits.\n']);
  });

  it('refuses days that are none', async () => {
    expect((await runCli(['audit', '--days', '0'])).code).toBe(2);
  });
});

describe('explain', () => {
  const wait: ExplainedStep = {
    at: '2026-12-01T14:00:00.000Z',
    until: '2026-12-01T14:00:02.500Z',
    kind: 'wait',
    what: 'wait for confirmation',
    name: null,
    attempts: null,
    shows: 'the time was up',
    why: null,
  };
  const call: ExplainedStep = {
    ...wait,
    kind: 'call',
    what: 'cancel the order',
    name: 'cancelOrder',
    attempts: 2,
    shows: 'done: o-1 cancelled',
    why: 'Undone because the booking failed: no_slot.',
  };
  const bookings = { explain: () => Promise.resolve({ id: ID, steps: [wait, call] }) };

  it('tells each step with its evidence and why', async () => {
    const { code, out } = await runCli(['explain', ID], { bookings });
    expect(code).toBe(0);
    expect(out).toContain('cancel the order (cancelOrder, 2 tries) 2.5 s');
    expect(out).toContain('Undone because the booking failed: no_slot.');
    expect(out).toContain('wait for confirmation');
  });

  it('leaves the waits out when only calls are wanted', async () => {
    const { out } = await runCli(['explain', ID, '--calls', '--json'], { bookings });
    expect(JSON.parse(out)).toEqual({ id: ID, steps: [call] });
  });
});

describe('bulk retry', () => {
  const begun: Bulk = {
    id: 'bulk:x:*:*',
    total: null,
    resumed: 0,
    passedOver: 0,
    changed: 0,
    failed: 0,
    failedIds: [],
    done: false,
  };

  it('resumes in the name of the operator, and tells how it ended', async () => {
    const resume = jest.fn(() => Promise.resolve(begun));
    const resumption = () =>
      Promise.resolve({ ...begun, total: 4, resumed: 2, passedOver: 1, changed: 1, done: true });
    const argv = ['bulk', 'retry', '--reason', 'credentials_rejected', '--rate', '2'];
    const { code, out } = await runCli(argv, { bookings: { resume, resumption } });
    expect(code).toBe(0);
    expect(resume).toHaveBeenCalledWith(expect.objectContaining({ ratePerSecond: 2 }), 'cli:ana');
    expect(out).toContain(
      'Done: 2 of 4 resumed, 1 had ended, 1 left alone: decided meanwhile, or asking anew (bulk:x:*:*).',
    );
  });

  it('names those that could not be told, and exits 3', async () => {
    const failed = { total: 30, resumed: 18, failed: 12, failedIds: [ID, ...Array<string>(11).fill('b')] };
    const bookings = {
      resume: () => Promise.resolve(begun),
      resumption: () => Promise.resolve({ ...begun, ...failed, done: true }),
    };
    const argv = ['bulk', 'retry', '--reason', 'credentials_rejected'];
    const { code, out } = await runCli(argv, { bookings });
    expect(code).toBe(3);
    expect(out).toContain(`18 of 30 resumed, 12 could not be told (${ID} b b b b b b b b b …)`);
  });

  it('goes on when the watching is stopped', async () => {
    const bookings = { resume: () => Promise.resolve(begun), resumption: () => Promise.resolve(begun) };
    const argv = ['bulk', 'retry', '--reason', 'credentials_rejected'];
    const { code } = await runCli(argv, { bookings, interrupts: (press) => press() });
    expect(code).toBe(130);
  });

  it.each([
    [['bulk', 'retry']],
    [['bulk', 'forget', '--reason', 'x']],
    [['bulk', 'retry', '--reason', 'x', '--rate', '0']],
  ])('refuses %j', async (argv) => {
    expect((await runCli(argv)).code).toBe(2);
  });
});

describe('list', () => {
  it('shows incidents, and how to resume one', async () => {
    const incident = {
      reason: 'credentials_rejected',
      provider: 'junction-psc',
      account: 'default',
      count: 1_000,
      since: '2026-12-01T14:00:00.000Z',
      bookingIds: [ID],
    };
    const bookings = { incidents: () => Promise.resolve([incident]) };
    const { code, out } = await runCli(['list', '--incidents'], { bookings });
    expect(code).toBe(0);
    expect(out).toMatch(/credentials_rejected +junction-psc\/default +1000/);
    expect(out).toContain('bulk retry --reason');
  });

  it('shows what is stuck', async () => {
    const one = { bookingId: ID, cause: 'task_failing' as const, detail: 'x', since: null };
    const stuck = {
      stuck: [one],
      unattendedQueues: ['bookings-oliver'],
      tellsFailingTasks: true,
      sweepFails: null,
    };
    const { out } = await runCli(['list', '--stuck'], {
      bookings: { stuckBookings: () => Promise.resolve(stuck) },
    });
    expect(out).toContain('task_failing');
    expect(out).toContain('No worker takes tasks of bookings-oliver.');
  });

  it('refuses to narrow what is not the list', async () => {
    expect((await runCli(['list', '--incidents', '--open'])).code).toBe(2);
  });
});

describe('reschedule', () => {
  it('sends the new window, days and hours included', async () => {
    const reschedule = jest.fn(() => Promise.resolve(CONFIRMED));
    const argv = [
      'reschedule',
      ID,
      '--from',
      '+3d',
      '--to',
      '+9d',
      '--days',
      'mon,thu',
      '--hours',
      '07:00-11:00',
    ];
    const { code } = await runCli(argv, { bookings: { reschedule } });
    expect(code).toBe(0);
    expect(reschedule).toHaveBeenCalledWith(ID, {
      windows: [{ from: '+3d', to: '+9d', days: ['mon', 'thu'], hours: '07:00-11:00' }],
      acceptFees: undefined,
      by: 'cli:ana',
    });
  });

  it('takes one slot, and follows the booking when asked to', async () => {
    const slot = { key: 'k', startsAt: '2099-01-07T15:00:00Z', endsAt: '2099-01-07T15:30:00Z' };
    const reschedule = jest.fn(() => Promise.resolve(CONFIRMED));
    const bookings = { reschedule, watch: watching(CONFIRMED) };
    const argv = ['reschedule', ID, '--slot', '-', '--accept-fees', '--wait'];
    const { code } = await runCli(argv, { bookings, stdin: JSON.stringify(slot) });
    expect(code).toBe(0);
    expect(reschedule).toHaveBeenCalledWith(ID, { slot, acceptFees: true, by: 'cli:ana' });
  });

  it('tells of a move that came to nothing', async () => {
    const at = '2026-12-01T14:00:00.000Z';
    const refused = {
      kind: 'reschedule',
      outcome: 'refused' as const,
      code: 'no_slot',
      id: null,
      by: null,
      at,
    };
    const view = { ...CONFIRMED, lastRequest: refused };
    const bookings = { reschedule: () => Promise.resolve(CONFIRMED), watch: watching(view) };
    const argv = ['reschedule', ID, '--from', '+3d', '--to', '+9d', '--wait'];
    expect((await runCli(argv, { bookings })).code).toBe(6);
  });

  it.each([
    [['--from', '2020-01-01', '--to', '2020-01-02'], 'windows.0.to'],
    [['--from', '+3d', '--to', '+9d', '--hours', 'noon'], 'windows.0.hours'],
    [['--from', '+3d', '--to', '+9d', '--days', 'monday'], 'windows.0.days.0'],
    [['--from', '+3d'], 'Give --from and --to'],
  ])('refuses %j before anything is sent, and says %s', async (options, said) => {
    const { code, err, connected } = await runCli(['reschedule', ID, ...options]);
    expect([code, connected]).toEqual([2, 0]);
    expect(err).toContain(said);
  });
});
