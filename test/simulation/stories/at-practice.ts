import { bookingIdIn, MEMO } from '../../../src/booking/names';
import { isSameTime } from '../../../src/booking/times';
import type { BookingTraces } from '../../../src/booking/traces';
import { PATIENT } from '../../matrix/patient';
import { OLIVER_CHANGES, OLIVER_POINTS } from '../../property/oliver-world';
import { DAY_MS, daysAfter } from '../../property/worlds';
import { ALWAYS } from '../../support/calls';
import { atPractice } from '../../support/saga';
import { decoded } from '../server/payloads';
import type { Run } from '../server/run';
import type { Stage } from '../stage';
import { viewOf } from './checks';
import { faultsOf } from './hands';
import type { Ledger } from './ledger';
import { isBy, isDeedOf, type Cast, type SimulatedWorld, type Touched, type Venue } from './places';
import type { Part } from './story';

/** A practice as the stories see it. It has no orders, and our ref does not come back from it: the sandbox keeps it. */

/** The sandbox's own record of what a test may ask about; its shape is tested in test/sandbox. */
interface State {
  appointments: Visit[];
  live: { appointments: string[] };
}

interface Visit {
  id: string;
  client_id: string;
  status: string;
  note: string | null;
  booking_date: string;
  end_date: string;
  created_at: string;
  updated_at: string;
  accepted_at: string | null;
}

function clinicOf({ provider, wordAfterMs: afterMs }: Part): object {
  if (provider === 'at once') return { accept: 'auto' };
  return { accept: provider === 'later' ? 'accept' : 'decline', afterMs };
}

interface Client {
  remoteId: string;
  id: string;
  patientId: string;
}

export function practiceVenue(stage: Stage, ledger: Ledger): Venue {
  const deletedByClinic = new Set<string>();
  const clients = new Map<Cast['patient'], Client>();
  return {
    async ready() {
      await stage.oliver.control('clinic', { completesTasks: true, afterTaskMs: 200 });
      for (const patient of [0, 1] as const) clients.set(patient, await newClient(stage, `${patient}001`));
    },
    mend: () => faultsOf(stage, 'oliver').mend(),
    worldOf: (part, cast) => practiceWorld({ stage, ledger, deletedByClinic, clients, part, cast }),
  };
}

async function newClient({ oliver }: Stage, remoteId: string): Promise<Client> {
  const { firstName: first_name, lastName: last_name, phone, email } = PATIENT;
  const made = await oliver.control('clients', {
    ...{ first_name, last_name, phone, email, remote_id: `C-${remoteId}` },
    patients: [{ name: 'Biscuit', remote_id: `P-${remoteId}` }],
  });
  const { id, patients } = made as { id: unknown; patients: { id: unknown }[] };
  return { remoteId, id: String(id), patientId: String(patients[0]?.id) };
}

interface Around {
  stage: Stage;
  ledger: Ledger;
  deletedByClinic: Set<string>;
  clients: ReadonlyMap<Cast['patient'], Client>;
  part: Part;
  cast: Cast;
}

function practiceWorld(around: Around): SimulatedWorld {
  const { stage, deletedByClinic, part, cast } = around;
  const { oliver } = stage;
  const faults = faultsOf(stage, 'oliver');
  // What the sandbox says of itself; its shape is tested in test/sandbox.
  const state = async (): Promise<State> => (await oliver.state()) as State;
  return {
    mostWhileMoving: 2,
    isDear: false,
    async ready() {
      await oliver.control('clinic', clinicOf(part));
      if (part.existing !== 'none') await strangerAt(around, 3);
      const { remoteId } = clientOf(around);
      return atPractice({
        client: { remoteId: `C-${remoteId}` },
        patient: { remoteId: `P-${remoteId}` },
        policy: { onProviderCancel: part.onProviderCancel },
        ...(part.confirmTimeoutMs !== null && { limits: { confirmTimeoutMs: part.confirmTimeoutMs } }),
      });
    },
    async change(what) {
      const { appointments, live } = await state();
      const one = appointments.findLast(({ id, note }) => live.appointments.includes(id) && isBy(cast, note));
      if (!one || what === 'cancel_order') return;
      if (what === 'cancel') deletedByClinic.add(one.id);
      const later = { start_at: daysAfter(one.booking_date, 1), end_at: daysAfter(one.end_date, 1) };
      await oliver.control(
        `appointments/${one.id}`,
        what === 'move' ? later : { status: OLIVER_CHANGES[what] },
      );
    },
    stranger: (day) => strangerAt(around, day),
    fault: (at, rule) => faults.fail(OLIVER_POINTS[at], rule),
    async lockOut() {
      const answer = { status: 401, body: { detail: 'Unauthorized' } };
      await faults.fail('any', { when: 'before', answer, times: ALWAYS });
    },
    mend: faults.mend,
    async sample() {
      const { appointments, live } = await state();
      const own = appointments.filter(({ note }) => isBy(cast, note));
      const touched = appointments.flatMap((one) => touchedOf(around, one));
      return {
        liveAppointments: own.filter(({ id }) => live.appointments.includes(id)).length,
        ...{ liveOrders: 0, orders: [] },
        undoneAt: touched.filter(({ confirmedFor }) => confirmedFor !== null).map(({ atMs }) => atMs),
        undidOrder: false,
        touched,
      };
    },
  };
}

function clientOf({ clients, cast }: Around): Client {
  const client = clients.get(cast.patient);
  if (!client) throw new Error('the practice was not made ready');
  return client;
}

/** Somebody at the desk books for the client, at an hour at which the booking may be aiming too. */
async function strangerAt(around: Around, day: number): Promise<void> {
  const { oliver, time } = around.stage;
  const { id, patientId } = clientOf(around);
  const noonMs = (Math.floor(time.now() / DAY_MS) + day) * DAY_MS + STRANGERS_HOUR_MS;
  await oliver.control('appointments', {
    ...{ client_id: id, patient_id: patientId },
    start_at: new Date(noonMs).toISOString(),
    end_at: new Date(noonMs + 1_800_000).toISOString(),
  });
}

/** The practice's first hours, in UTC. */
const STRANGERS_HOUR_MS = 14 * 3_600_000;

/**
 * Whether an appointment is the booking's own by what there is to go by at a practice, where no ref returns: the booking has
 * inferred it to be, and it came about after the look before a create of its own for that start, which was sent, or whose
 * worker was lost with it, so that nobody knows. What is so may be the desk's for all that.
 */
function isInferred({ stage, ledger, cast }: Around, { id, booking_date, created_at }: Visit): boolean {
  const told = stage.namespace.all().filter(({ info }) => bookingIdIn(info.workflowId) === cast.id);
  const hasInferred = told.some((run) => tracesOf(run)?.inferredIds.includes(id));
  const hasTried = told.some((run) =>
    viewOf(run)?.attempts.some(({ startsAt }) => isSameTime(startsAt, booking_date)),
  );
  // The sandbox tells times in whole milliseconds.
  const madeMs = Date.parse(created_at) + 1;
  const hasSent = ledger.creates().some(({ by, sinceMs }) => by === cast.id && sinceMs <= madeMs);
  const mayHaveSent = hasSent || told.some((run) => wasLostWithCreate(run, madeMs));
  return hasInferred && hasTried && mayHaveSent;
}

/** Whether a create that began before a time was never heard of again. */
function wasLostWithCreate({ events }: Run, beforeMs: number): boolean {
  const began = events.findIndex(({ type, of }) => type === 'ActivityTaskScheduled' && of === CREATING);
  const isLost = events.some(({ type, of }) => type === 'ActivityTaskTimedOut' && of === CREATING);
  return isLost && (events[began]?.atMs ?? Infinity) <= beforeMs;
}

const CREATING = 'bookSlot';

function tracesOf({ memo }: Run): BookingTraces | undefined {
  // What our own workflows put there.
  return decoded(memo[MEMO.traces]) as BookingTraces | undefined;
}

/** A visit that was deleted because of a task of this booking's. */
function touchedOf(around: Around, one: Visit): Touched[] {
  const { ledger, deletedByClinic, cast } = around;
  const deed = ledger.enderOf({ id: one.id, orderId: null });
  if (!deed || !isDeedOf(cast, deed) || one.status !== 'DELETED' || deletedByClinic.has(one.id)) return [];
  return [
    {
      what: 'appointment',
      id: one.id,
      isOwn: isBy(cast, one.note) || isInferred(around, one),
      madeAtMs: Date.parse(one.created_at),
      ...{ atMs: Date.parse(one.updated_at), sinceMs: deed.sinceMs },
      // What is accepted after the staff was asked, or while it is, nobody could know.
      confirmedFor: Date.parse(one.accepted_at ?? '') <= deed.sinceMs ? one.booking_date : null,
    },
  ];
}
