import { NOTES, PATIENT, PATIENT_ON_THE_WIRE } from '../../matrix/patient';
import { JUNCTION_CHANGES, JUNCTION_POINTS } from '../../property/junction-world';
import { DAY_MS, daysAfter } from '../../property/worlds';
import { ALWAYS } from '../../support/calls';
import { atHome, atSite } from '../../support/saga';
import { AT_HOME_TEST, AT_SITE_TEST } from '../../support/sandbox';
import { DEAR_ACCOUNT, type Stage } from '../stage';
import type { Effect } from '../world/network';
import { faultsOf } from './hands';
import type { Ledger } from './ledger';
import {
  isBy,
  isDeedOf,
  type Cast,
  type Change,
  type SimulatedWorld,
  type Touched,
  type Venue,
  type WideSample,
} from './places';
import type { Part, Place } from './story';

/** Junction as the stories see it: at home, at a draw site, and where the vendor's people phone the patient. */

/** The sandbox's own record of what a test may ask about; its shape is tested in test/sandbox. */
interface State {
  orders: { id: string; passthrough: string | null; created_at: string; last_event: { status: string } }[];
  appointments: Appointment[];
  live: { orders: string[]; appointments: string[] };
}

interface Appointment {
  id: string;
  order_id: string;
  status: string;
  start_at: string | null;
  end_at: string | null;
  appointment_notes: string | null;
  events: { created_at: string; status: string }[];
}

function plansOf({ provider, wordAfterMs: afterMs }: Part): object[] {
  if (provider === 'at once') return [];
  return provider === 'later' ? [{ mode: 'async', afterMs, times: 100 }] : [{ mode: 'decline', afterMs }];
}

/** Another patient of the same account. */
const SECOND_USER = '7c1f0f0e-41a5-4d3c-8f83-20c1f2e7a9d4';

export function junctionVenue(stage: Stage, at: Exclude<Place, 'practice'>, ledger: Ledger): Venue {
  const endedByProvider = new Set<string>();
  const strangers = new Set<string>();
  return {
    async ready() {
      await stage.junction.control('confirmation', []);
    },
    mend: () => faultsOf(stage, 'junction').mend(),
    worldOf: (part, cast) => junctionWorld({ stage, at, ledger, endedByProvider, strangers, part, cast }),
  };
}

interface Around {
  stage: Stage;
  at: Exclude<Place, 'practice'>;
  ledger: Ledger;
  /** Appointments and orders that the provider ended by itself. */
  endedByProvider: Set<string>;
  /** Appointments that somebody else made. A move names its order only, and may reach one of them. */
  strangers: Set<string>;
  part: Part;
  cast: Cast;
}

function junctionWorld(around: Around): SimulatedWorld {
  const { stage, endedByProvider, cast, part } = around;
  const { junction } = stage;
  const faults = faultsOf(stage, 'junction');
  // What the sandbox says of itself; its shape is tested in test/sandbox.
  const state = async (): Promise<State> => (await junction.state()) as State;
  const live = async () => {
    const all = await state();
    return (
      all.appointments.find(
        (one) => all.live.appointments.includes(one.id) && isBy(cast, one.appointment_notes),
      ) ?? null
    );
  };
  const changeAppointment = async (what: Exclude<Change, 'cancel_order'>) => {
    const one = await live();
    if (!one) return;
    if (what === 'cancel') endedByProvider.add(one.id);
    const later = {
      start_at: one.start_at && daysAfter(one.start_at, 1),
      end_at: one.end_at && daysAfter(one.end_at, 1),
    };
    if (what === 'move' && !later.start_at) return;
    await junction.control(`appointments/${one.id}`, what === 'move' ? later : JUNCTION_CHANGES[what]);
  };
  return {
    mostWhileMoving: 1,
    isDear: part.fees === 'refused',
    async ready() {
      const plans = plansOf(part);
      if (plans.length > 0) await junction.control('confirmation', plans);
      if (part.order !== 'placed' && cast.orderId === null) {
        cast.orderId = await placed(around);
        if (part.existing !== 'none') await strangerOn(around, cast.orderId, 3);
      }
      return requestOf(around);
    },
    async change(what) {
      if (what !== 'cancel_order') return changeAppointment(what);
      const all = await state();
      const order = all.orders.find(({ id }) => id === orderOf(cast, all) && all.live.orders.includes(id));
      if (!order) return;
      endedByProvider.add(order.id);
      // At Junction an order's cancellation at home takes the appointment with it.
      for (const one of all.appointments.filter(({ order_id }) => order_id === order.id)) {
        endedByProvider.add(one.id);
        if (all.live.appointments.includes(one.id))
          await junction.control(`appointments/${one.id}`, JUNCTION_CHANGES.cancel);
      }
      await junction.control(`orders/${order.id}`, { status: 'cancelled' });
    },
    async stranger(day) {
      const orderId = orderOf(cast, await state());
      if (orderId !== null) await strangerOn(around, orderId, day);
    },
    fault: (at, rule) => faults.fail(JUNCTION_POINTS[at], rule),
    async lockOut() {
      const answer = { status: 401, body: { detail: 'Invalid token' } };
      await faults.fail('any', { when: 'before', answer, times: ALWAYS });
    },
    mend: faults.mend,
    sample: async () => sampleOf(around, await state()),
  };
}

function orderOf({ id, orderId }: Cast, { orders }: State): string | null {
  return orderId ?? orders.find(({ passthrough }) => id !== '' && passthrough === id)?.id ?? null;
}

/** Places an order as the account's owner would. */
async function placed({ stage, at, cast }: Around): Promise<string> {
  const body = {
    ...PATIENT_ON_THE_WIRE,
    user_id: userOf(cast),
    order_set: { lab_test_ids: [at === 'site' ? AT_SITE_TEST : AT_HOME_TEST] },
    ...(at === 'phone' && {
      patient_address: { ...PATIENT_ON_THE_WIRE.patient_address, ...BY_PHONE_ON_THE_WIRE },
    }),
  };
  const { order } = (await stage.junction.control('/v3/order', body)) as { order: { id: string } };
  return order.id;
}

function userOf({ patient }: Cast): string {
  return patient === 0 ? PATIENT.userId : SECOND_USER;
}

async function strangerOn({ stage, strangers }: Around, orderId: string, day: number): Promise<void> {
  const { junction, time } = stage;
  const startMs = time.now() + day * DAY_MS;
  // The sandbox's own answer; its shape is tested in test/sandbox.
  const made = (await junction.control('appointments', {
    ...{ order_id: orderId, status: 'confirmed' },
    start_at: new Date(startMs).toISOString(),
    end_at: new Date(startMs + 3_600_000).toISOString(),
  })) as { id: string };
  strangers.add(made.id);
}

/** Where only a vendor goes that takes no bookings: its people phone the patient. */
const BY_PHONE = { firstLine: '9 Main Street', city: 'Holmen', state: 'WI', zip: '54650', country: 'US' };
const BY_PHONE_ON_THE_WIRE = { first_line: '9 Main Street', city: 'Holmen', state: 'WI', zip: '54650' };

function requestOf({ at, part, cast }: Around): Record<string, unknown> {
  const { onProviderCancel, onCannotReschedule, existing, fees, confirmTimeoutMs, provider } = part;
  const address = at === 'phone' ? BY_PHONE : PATIENT.address;
  const patient = { ...PATIENT, userId: userOf(cast), address };
  const rest = {
    account: fees === 'none' ? 'default' : DEAR_ACCOUNT,
    notes: NOTES,
    policy: {
      ...{ onProviderCancel, onCannotReschedule },
      ...(existing === 'adopt' && { existingAppointment: 'adopt' }),
      ...(fees === 'accepted' && { acceptFees: true }),
    },
    ...(confirmTimeoutMs !== null && { limits: { confirmTimeoutMs } }),
    ...(provider !== 'at once' && {
      confirmation: { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 3_600_000 },
    }),
  };
  const request = at === 'site' ? atSite({ ...rest, patient }) : atHome({ ...rest, patient });
  if (cast.orderId === null || part.order === 'placed') return request;
  const { patient: _patient, ...adopting } = request;
  return { ...adopting, order: { id: cast.orderId, onFailure: part.order } };
}

function sampleOf({ ledger, endedByProvider, strangers, cast }: Around, state: State): WideSample {
  const own = state.appointments.filter((one) => isBy(cast, one.appointment_notes) && !strangers.has(one.id));
  const orderId = orderOf(cast, state);
  const touched = [
    ...state.appointments.flatMap((one) => touchedAppointment(ledger, endedByProvider, cast, one)),
    ...ledger
      .deeds()
      .filter((deed) => deed.did === 'end order' && isDeedOf(cast, deed))
      .map(({ id, atMs, sinceMs }): Touched => {
        const order = state.orders.find((one) => one.id === id);
        const madeAtMs = Date.parse(order?.created_at ?? '');
        return {
          what: 'order',
          id,
          isOwn: id === orderId || order?.passthrough === cast.id,
          madeAtMs,
          atMs,
          sinceMs,
          confirmedFor: null,
        };
      }),
  ];
  const orders = state.orders
    .filter(({ id }) => state.live.orders.includes(id) && (id === orderId || isPlacedBy(cast, state, id)))
    .map(({ id, last_event }) => ({ id, isDrawn: last_event.status.endsWith(DRAWN) }));
  return {
    liveAppointments: own.filter(({ id }) => state.live.appointments.includes(id)).length,
    ...{ orders, liveOrders: orders.length },
    undoneAt: touched.filter(({ confirmedFor }) => confirmedFor !== null).map(({ atMs }) => atMs),
    undidOrder: touched.some(({ what }) => what === 'order'),
    touched,
  };
}

/** What the sandbox makes of an order whose visit took place (src/sandbox/junction/jobs.ts). */
const DRAWN = '.draw_completed';

function isPlacedBy({ id }: Cast, { orders }: State, orderId: string): boolean {
  return orders.some((one) => one.id === orderId && one.passthrough === id);
}

/** An appointment that this booking's calls cancelled; an accepted cancel of one that had ended before did nothing. */
function touchedAppointment(
  ledger: Ledger,
  endedByProvider: ReadonlySet<string>,
  cast: Cast,
  one: Appointment,
): Touched[] {
  const deed = ledger.enderOf({ id: one.id, orderId: one.order_id });
  if (!deed || !isDeedOf(cast, deed) || one.status !== 'cancelled' || endedByProvider.has(one.id)) return [];
  const endedMs = Date.parse(one.events.at(-1)?.created_at ?? '');
  if (endedMs < Math.floor(deed.atMs)) return []; // it had ended before
  // What is confirmed while the call is under way, which looked before, is nobody's fault.
  const wasConfirmed = one.events.some(
    ({ status, created_at }) => status === 'scheduled' && Date.parse(created_at) <= deed.sinceMs,
  );
  return [
    {
      what: 'appointment',
      id: one.id,
      isOwn: isBy(cast, one.appointment_notes),
      madeAtMs: Date.parse(one.events[0]?.created_at ?? ''),
      ...{ atMs: deed.atMs, sinceMs: deed.sinceMs },
      confirmedFor: wasConfirmed ? (one.start_at ?? 'no time yet') : null,
    },
  ];
}

/** What the vendor's people do where they phone the patient: they agree on a time, or call it off. */
export function answersByPhone(stage: Stage, { provider }: Part): (effect: Effect) => void {
  let asked = 0;
  return ({ path, status, answer }) => {
    if (!path.endsWith('/appointment/request') || status >= 300) return;
    asked += 1;
    const { id } = JSON.parse(answer) as { id: string };
    const isOff = provider === 'declines first' && asked === 1;
    stage.time.after(provider === 'at once' ? 100 : 500, async () => {
      const startMs = stage.time.now() + 3 * DAY_MS;
      const times = {
        start_at: new Date(startMs).toISOString(),
        end_at: new Date(startMs + 7_200_000).toISOString(),
      };
      const { live } = (await stage.junction.state()) as State;
      if (!live.appointments.includes(id)) return;
      await stage.junction.control(
        `appointments/${id}`,
        isOff
          ? { status: 'cancelled', event_data: { origin: 'provider' } }
          : { status: 'confirmed', ...times },
      );
    });
  };
}
