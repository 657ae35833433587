import type { ClinicHand } from './clinic';
import type { SandboxHand } from './sandbox';

/** What stands at the stand-ins at the end of a test: the promises are about nothing else. */

/** Where is looked; either may be missing. */
export interface StandIns {
  sandbox?: SandboxHand;
  clinic?: ClinicHand;
}

/** Something live, with what a failing test has to say about it. */
interface Live {
  what: 'order' | 'appointment';
  id: string;
  status: string;
  startsAt: string | null;
  /** The order that it is or is on, or the client that it is for, and the booking that `passthrough` or the ref name. */
  names: (string | null | undefined)[];
}

/** Which of it is meant. */
export interface Which {
  /** The id of a booking, an order or Oliver's client: only what is of it counts. Everything when it is not said. */
  of?: string;
  /** The id of an order that stays: its caller keeps it. What is on it counts all the same. */
  kept?: string;
}

/** Fails, and says what there is, when an order or an appointment is live. */
export async function expectNothingLive(at: StandIns, { of, kept }: Which = {}): Promise<void> {
  const found = (await liveAt(at, of)).filter(({ what, id }) => !(what === 'order' && id === kept));
  if (found.length > 0) throw new Error(`nothing was to be live${ofWhom(of)}, but there is${listed(found)}`);
}

/**
 * Fails, and says what there is, unless exactly one appointment is live, and it is the one with this `id` where that
 * is said. Returns its id.
 */
export async function expectOneAppointment(
  at: StandIns,
  { of, id }: { of?: string; id?: string | null } = {},
): Promise<string> {
  const found = (await liveAt(at, of)).filter(({ what }) => what === 'appointment');
  const [only] = found;
  if (!only || found.length > 1 || (id !== undefined && only.id !== id)) {
    const which = id === undefined ? '' : ` (${id})`;
    throw new Error(`one appointment${which} was to be live${ofWhom(of)}, but there is${listed(found)}`);
  }
  return only.id;
}

async function liveAt({ sandbox, clinic }: StandIns, of: string | undefined): Promise<Live[]> {
  const all = [
    ...(sandbox ? await liveAtJunction(sandbox) : []),
    ...(clinic ? await liveAtOliver(clinic) : []),
  ];
  return of === undefined ? all : all.filter(({ names }) => names.includes(of));
}

async function liveAtJunction(sandbox: SandboxHand): Promise<Live[]> {
  const { orders, appointments, live } = await sandbox.state();
  const placedBy = new Map(orders.map(({ id, passthrough }) => [id, passthrough]));
  return [
    ...orders.map(({ id, passthrough, last_event: { status } }): Live => {
      return { what: 'order', id, status, startsAt: null, names: [id, passthrough] };
    }),
    ...appointments.map(({ id, order_id: orderId, status, start_at: startsAt, appointment_notes }): Live => {
      const names = [orderId, placedBy.get(orderId), bookingInNotes(appointment_notes)];
      return { what: 'appointment', id, status, startsAt, names };
    }),
  ].filter(({ what, id }) => (what === 'order' ? live.orders : live.appointments).includes(id));
}

async function liveAtOliver(clinic: ClinicHand): Promise<Live[]> {
  const { appointments, live } = await clinic.state();
  return appointments
    .map(({ id, status, note, booking_date, client_id }): Live => {
      const startsAt = typeof booking_date === 'string' ? booking_date : null;
      const names = [String(client_id), bookingInNotes(note)];
      return { what: 'appointment', id: String(id), status, startsAt, names };
    })
    .filter(({ id }) => live.appointments.includes(id));
}

/** The booking in a ref (`ref:<booking>.<moment>/book/<n>`), written down anew: the adapters' reading is under test. */
function bookingInNotes(notes: string | null | undefined): string | null {
  return notes?.match(/ref:([\w:-]+)\.\w+\/book\/\d+/)?.[1] ?? null;
}

const ofWhom = (of: string | undefined): string => (of === undefined ? '' : ` of ${of}`);

function listed(found: Live[]): string {
  if (found.length === 0) return ': nothing';
  return `:\n${found.map((one) => `  ${JSON.stringify(one)}`).join('\n')}`;
}
