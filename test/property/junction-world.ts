import { NOTES, PATIENT, PATIENT_ON_THE_WIRE } from '../matrix/patient';
import type { Lane } from '../matrix/lanes';
import { ALWAYS, type JunctionCall } from '../support/calls';
import { adopting, atHome } from '../support/saga';
import type { Change, Point, Story } from './commands';
import { daysAfter, type World } from './worlds';

/** The sandbox's own record of what a test may ask about; its shape is tested in test/sandbox. */
interface State {
  orders: { id: string; last_event: { status: string } }[];
  appointments: {
    id: string;
    status: string;
    start_at: string | null;
    end_at: string | null;
    events: { created_at: string; status: string }[];
  }[];
  live: { orders: string[]; appointments: string[] };
}

/** The call of each point in a story. */
export const JUNCTION_POINTS: Readonly<Record<Point, JunctionCall>> = {
  book: 'book',
  cancel: 'cancel_appointment',
  move: 'reschedule',
  cancel_order: 'cancel_order',
  look: 'appointment',
  read_order: 'read_order',
  search: 'availability',
};

const PLANS: Readonly<Record<Story['provider'], object[]>> = {
  'at once': [],
  later: [{ mode: 'async', afterMs: 500, times: 100 }],
  'declines first': [{ mode: 'decline', afterMs: 300 }],
};

/** What a provider does to an appointment by itself, as the sandbox's control takes it. */
export const JUNCTION_CHANGES: Readonly<Record<Exclude<Change, 'move' | 'cancel_order'>, object>> = {
  cancel: { status: 'cancelled' },
  begin: { status: 'in_progress' },
  complete: { status: 'completed' },
};

/** A Junction sandbox that this booking has for itself. */
export function junctionWorld({ account, sandbox }: Lane): World {
  const cancelledByProvider = new Set<string>();
  let endedByProvider = false;
  const state = async (): Promise<State> => (await sandbox.state()) as unknown as State;
  const live = async () => {
    const { appointments, live: alive } = await state();
    return appointments.find(({ id }) => alive.appointments.includes(id)) ?? null;
  };
  const changeAppointment = async (what: Exclude<Change, 'cancel_order'>) => {
    const one = await live();
    if (!one) return;
    if (what === 'cancel') cancelledByProvider.add(one.id);
    const later = {
      start_at: one.start_at && daysAfter(one.start_at, 1),
      end_at: one.end_at && daysAfter(one.end_at, 1),
    };
    await sandbox.control(`appointments/${one.id}`, what === 'move' ? later : JUNCTION_CHANGES[what]);
  };
  return {
    mostWhileMoving: 1,
    async ready(story) {
      cancelledByProvider.clear();
      endedByProvider = false;
      await sandbox.control('reset', {});
      await sandbox.control('confirmation', PLANS[story.provider]);
      return requestOf(story, account, () => sandbox.placeOrder(PATIENT_ON_THE_WIRE));
    },
    async change(what) {
      if (what !== 'cancel_order') return changeAppointment(what);
      const { live: alive } = await state();
      if (!alive.orders[0]) return;
      endedByProvider = true;
      // At Junction an order's cancellation takes the appointment with it.
      await changeAppointment('cancel');
      await sandbox.control(`orders/${alive.orders[0]}`, { status: 'cancelled' });
    },
    async fault(at, rule) {
      await sandbox.fail(JUNCTION_POINTS[at], rule);
    },
    async lockOut() {
      const answer = { status: 401, body: { detail: 'Invalid token' } };
      await sandbox.fail('any', { when: 'before', answer, times: ALWAYS });
    },
    mend: sandbox.mend,
    async sample() {
      const { orders, appointments, live: alive } = await state();
      const undone = appointments.filter(
        ({ id, status, events }) =>
          status === 'cancelled' &&
          !cancelledByProvider.has(id) &&
          events.some((event) => event.status === 'scheduled'),
      );
      return {
        liveAppointments: alive.appointments.length,
        liveOrders: alive.orders.length,
        undoneAt: undone.map(({ events }) => Date.parse(events.at(-1)?.created_at ?? '')),
        undidOrder:
          !endedByProvider && orders.some(({ last_event: last }) => last.status.startsWith('cancelled')),
      };
    },
  };
}

async function requestOf(
  story: Story,
  account: string,
  placeOrder: () => Promise<string>,
): Promise<Record<string, unknown>> {
  const { onProviderCancel, onCannotReschedule } = story;
  const rest = {
    account,
    notes: NOTES,
    policy: { onProviderCancel, onCannotReschedule },
    ...(story.provider !== 'at once' && {
      confirmation: { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 3_600_000 },
    }),
  };
  if (story.order === 'placed') return atHome({ ...rest, patient: PATIENT });
  return adopting(await placeOrder(), story.order, rest);
}
