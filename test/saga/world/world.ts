import type { BookingView } from '../../../src/booking/schema/view';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { atHome, atPractice, atSite, type SagaRig } from '../../support/saga';
import { useSaga, type UseOptions } from '../../support/use-saga';

/** Whole bookings in a world that is odd: what the files of this folder say to both providers. */

export type Lane = 'home' | 'site' | 'practice';
type Quirks = Record<string, boolean>;
type Person = Record<string, unknown>;

export interface World {
  rig: SagaRig;
  /** Switches quirks on at the lane's provider until the end of the test. */
  odd(lane: Lane, ...quirks: string[]): Promise<void>;
  /** Switches all of them off before that. */
  mended(): Promise<void>;
  /** A client of this test's own at the practice; its first patient is called Biscuit. */
  client(person?: Person): Promise<{ id: string; patientId: string; remoteId: string }>;
  /** A request for that lane; at the practice with a client of its own. */
  request(lane: Lane, overrides?: Record<string, unknown>): Promise<Record<string, unknown>>;
  start(request: Record<string, unknown>): Promise<string>;
  confirmed(id: string): Promise<BookingView>;
  asked(id: string): Promise<BookingView>;
  /** Cancels, waits until it is cancelled, and sees that nothing of it is live. */
  cancelled(id: string): Promise<BookingView>;
  /** The same of one that is being cancelled already; whatever it asks is answered by `retry`. */
  undone(id: string): Promise<BookingView>;
  /** One appointment of the booking is live, it is the one on view, and it starts when the view says. */
  stands(view: BookingView): Promise<void>;
}

/** The saga, with a practice that does what its staff tasks say at once. */
export function useWorld(options: UseOptions = {}): World {
  // The adapter's sweep remembers a practice for as long as it runs.
  // Odd answers are long, and none here is to come too late.
  const patient = { callTimeoutMs: 5_000 };
  const rig = useSaga({
    ...options,
    capabilities: { ...patient, ...options.capabilities },
    clinicCapabilities: { ...patient, ...options.clinicCapabilities },
    resets: ['sandbox'],
  });
  const on = { junction: {} as Quirks, oliver: {} as Quirks };
  let clients = 0;

  const nameOf = (lane: Lane) => (lane === 'practice' ? 'oliver' : 'junction');
  const handOf = (name: keyof typeof on) => (name === 'oliver' ? rig.clinic : rig.sandbox);
  const mended = async () => {
    for (const name of ['junction', 'oliver'] as const) {
      const off = Object.keys(on[name]).map((quirk) => [quirk, false]);
      await handOf(name).control('quirks', Object.fromEntries(off));
      on[name] = {};
    }
  };

  beforeEach(async () => {
    await rig.clinic.control('clinic', { accept: 'auto', completesTasks: true, afterTaskMs: 0 });
  });
  afterEach(async () => {
    await mended();
    await rig.clinic.mend();
    await rig.sandbox.mend();
    await rig.clinic.control('zone', { offset: null });
    await rig.sandbox.control('zone', {});
  });

  const client: World['client'] = async (person = {}) => {
    clients += 1;
    const remoteId = `C-W${clients}`;
    const made = (await rig.clinic.control('clients', {
      first_name: 'Test',
      last_name: `Client${clients}`,
      remote_id: remoteId,
      email: `client${clients}@example.com`,
      patients: [{ name: 'Biscuit', remote_id: `P-W${clients}` }],
      ...person,
    })) as { id: string; patients: { id: string }[] }; // the sandbox's own answer
    return { id: made.id, patientId: made.patients[0]?.id ?? '', remoteId };
  };

  const start: World['start'] = async (request) => (await rig.bookings.start(request)).booking.id;
  const confirmed = (id: string) => rig.until(id, ({ status }) => status === 'confirmed');

  const settled = (id: string) =>
    rig.until(id, ({ status, attention }) => status === 'cancelled' || attention !== null);

  return {
    rig,
    mended,
    client,
    start,
    confirmed,
    odd: async (lane, ...quirks) => {
      const name = nameOf(lane);
      Object.assign(on[name], Object.fromEntries(quirks.map((quirk) => [quirk, true])));
      await handOf(name).control('quirks', on[name]);
    },
    async request(lane, overrides = {}) {
      if (lane === 'home') return atHome(overrides);
      if (lane === 'site') return atSite(overrides);
      const { remoteId } = await client();
      const patient = { remoteId: remoteId.replace('C', 'P') };
      return atPractice({ client: { remoteId }, patient, ...overrides });
    },
    asked: (id) => rig.until(id, ({ attention }) => attention !== null),
    async cancelled(id) {
      await rig.bookings.cancel(id, {});
      const view = await settled(id);
      if (view.attention) throw new Error(`it asks instead: ${JSON.stringify(view.attention)}`);
      await expectNothingLive(rig, { of: view.order?.id ?? id });
      return view;
    },
    async undone(id) {
      for (;;) {
        const view = await settled(id);
        if (view.attention) await rig.bookings.retry(id, { by: 'tests' });
        else {
          await expectNothingLive(rig, { of: view.order?.id ?? id });
          return view;
        }
        await rig.until(id, ({ attention }) => attention?.since !== view.attention?.since);
      }
    },
    async stands(view) {
      const { id, startsAt } = view.appointment ?? { id: null, startsAt: null };
      await expectOneAppointment(rig, { of: view.order?.id ?? view.id, id });
      const { appointments: atClinic } = await rig.clinic.state();
      const { appointments } = await rig.sandbox.state();
      const starts = [
        ...atClinic.map((one) => [String(one.id), one.booking_date]),
        ...appointments.map((one) => [one.id, one.start_at]),
      ].find(([one]) => one === id)?.[1];
      expect(Date.parse(String(startsAt))).toBe(Date.parse(String(starts)));
    },
  };
}
