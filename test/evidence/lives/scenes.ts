import type { BookingView } from '../../../src/booking/schema/view';
import { accountWith, type Lane } from '../../matrix/lanes';
import type { FaultAnswer, JunctionCall, OliverCall } from '../../support/calls';
import { adopting, atHome, atPractice, atSite, type SagaRig } from '../../support/saga';
import { AT_HOME_TEST, AT_SITE_TEST } from '../../support/sandbox';
import type { Follow } from './follows';

/** The writes of *Lives*, each with the way to bring a booking to it. */

export type Vendor = 'junction' | 'oliver';

/** One case's place in the world. */
export interface Stage extends Lane {
  rig: SagaRig;
}

/** A booking right after the step that makes the write. */
export interface Begun {
  id: string;
  /** The order that its caller keeps, whatever becomes of the booking; null when it keeps none. */
  keptOrder: string | null;
}

/** Which call the write is. */
type Write = { vendor: 'junction'; call: JunctionCall } | { vendor: 'oliver'; call: OliverCall };

export type Scene = Write & {
  follows: readonly Follow[];
  /** Whether the write is part of an end that the caller asks for (not where a slot is only released). */
  undoes?: true;
  /** A refusal of this operation by its words, as its vendor documents it (docs/providers.md). */
  refusal: FaultAnswer;
  /**
   * Only for calls whose accepting answer can show that its effect is still to come: that answer. `orderId` is the order
   * that the call is about.
   */
  accepted?(stage: Stage, orderId: string): Promise<FaultAnswer>;
  /** Brings a booking to the write; `lay` lays the fault over it, given the order that it is about where one is known. */
  begin(stage: Stage, follow: Follow, lay: (orderId: string) => Promise<void>): Promise<Begun>;
  /** What the provider's people do so that a booking that waits for them can go on. */
  onward?(stage: Stage, view: BookingView): Promise<unknown>;
};

export const KEYED = 'keyed';
const HEADERS = { 'x-vital-api-key': 'sk_us_test' };
const ALL: readonly Follow[] = ['retry', 'end', 'cancel in the pause', 'next slot'];
const NO_SLOT: readonly Follow[] = ['retry', 'end', 'cancel in the pause'];
const LATER = { windows: [{ from: '+5d', to: '+9d' }] };

const refusedAs = (status: number, detail: unknown): FaultAnswer => ({ status, body: { detail } });
const SLOT_GONE = refusedAs(400, 'This appointment slot is no longer available. Please select a new time.');
const MALFORMED = refusedAs(422, [
  { loc: ['body', 'patient_details', 'first_name'], msg: 'Invalid value', type: 'value_error' },
]);
const CANCELLED_ALREADY = refusedAs(400, 'This appointment has already been cancelled.');

/** Unconfirmed once: it is released when its time is up, and the next slot is booked. */
const RELEASED = {
  confirmation: { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 36_000_000 },
  limits: { confirmTimeoutMs: 1_000, maxSlotAttempts: 3 },
};

const started = async ({ rig }: Stage, request: Record<string, unknown>): Promise<string> =>
  (await rig.bookings.start(request)).booking.id;

const confirmed = ({ rig }: Stage, id: string): Promise<BookingView> =>
  rig.until(id, ({ status, attention }) => status === 'confirmed' && attention === null, PREPARED_MS);

/** Longest that a booking takes to where its case begins, in ms, on a busy machine. */
const PREPARED_MS = 30_000;

/** Adopts an order that its caller keeps. */
async function adoptKept(
  stage: Stage,
  over: Record<string, unknown> = {},
): Promise<Begun & { orderId: string }> {
  const orderId = await stage.sandbox.placeReadyOrder({ order_set: { lab_test_ids: [AT_HOME_TEST] } });
  const request = adopting(orderId, 'keep', { account: stage.account, ...over });
  return { id: await started(stage, request), orderId, keptOrder: orderId };
}

async function adoptKeptAtSite(stage: Stage, over: Record<string, unknown> = {}) {
  const orderId = await stage.sandbox.placeReadyOrder({ order_set: { lab_test_ids: [AT_SITE_TEST] } });
  const { patient: _patient, ...rest } = atSite({ account: stage.account, ...over });
  const id = await started(stage, { ...rest, order: { id: orderId, onFailure: 'keep' } });
  return { id, orderId, keptOrder: orderId };
}

type Adopt = typeof adoptKept;

/** A book call on an order that is ready. */
const booking =
  (account: (stage: Stage) => string, request: typeof atHome) =>
  async (stage: Stage, _follow: Follow, lay: (orderId: string) => Promise<void>): Promise<Begun> => {
    await lay('');
    return { id: await started(stage, request({ account: account(stage) })), keptOrder: null };
  };

/** A confirmed booking that its caller moves. */
const moving =
  (adopt: Adopt): Scene['begin'] =>
  async (stage, _follow, lay) => {
    const begun = await adopt(stage);
    await confirmed(stage, begun.id);
    await lay(begun.orderId);
    await stage.rig.bookings.reschedule(begun.id, LATER);
    return begun;
  };

/** A confirmed booking that its caller cancels, or one whose slot is released so that the next one is booked. */
const cancelling =
  (adopt: Adopt): Scene['begin'] =>
  async (stage, follow, lay) => {
    if (follow === 'next slot') {
      await stage.sandbox.control('confirmation', { mode: 'never' });
      const begun = await adopt(stage, RELEASED);
      await stage.rig.until(begun.id, ({ status }) => status === 'awaiting_confirmation', PREPARED_MS);
      await lay(begun.orderId);
      return begun;
    }
    const begun = await adopt(stage);
    await confirmed(stage, begun.id);
    await lay(begun.orderId);
    await stage.rig.bookings.cancel(begun.id, {});
    return begun;
  };

/** The order's appointment as it stands, which is what an accepting answer to a cancel may show. */
const asItStands =
  (kind: 'phlebotomy' | 'psc') =>
  async ({ sandbox }: Stage, orderId: string): Promise<FaultAnswer> => {
    const answered = await fetch(`${sandbox.url}/v3/order/${orderId}/${kind}/appointment`, {
      headers: HEADERS,
    });
    return { status: 200, body: await answered.json() };
  };

async function orderAsItStands({ sandbox }: Stage, orderId: string): Promise<FaultAnswer> {
  const order = await (await fetch(`${sandbox.url}/v3/order/${orderId}`, { headers: HEADERS })).json();
  return { status: 200, body: { order, status: 'success', message: 'order cancelled' } };
}

const practice = (stage: Stage, over: Record<string, unknown> = {}) =>
  atPractice({ account: stage.account, ...over });

/** The vendor's people call the patient and agree on a time. */
async function agreeByPhone({ sandbox }: Stage, { appointment }: BookingView): Promise<unknown> {
  const startsAt = Date.now() + 3 * 86_400_000;
  return sandbox.control(`appointments/${appointment?.id ?? ''}`, {
    status: 'confirmed',
    start_at: new Date(startsAt).toISOString(),
    end_at: new Date(startsAt + 7_200_000).toISOString(),
  });
}

/** A visit where only Phlebfinders goes, which takes no bookings. */
function byPhone(account: string): Record<string, unknown> {
  const { patient, ...rest } = atHome({ account });
  const address = { firstLine: '9 Main Street', city: 'Holmen', state: 'WI', zip: '54650', country: 'US' };
  return { ...rest, patient: Object.assign({}, patient, { address }) };
}

export const SCENES = {
  'place order': {
    ...{ vendor: 'junction', call: 'place_order', follows: ALL, refusal: MALFORMED },
    begin: booking(({ account }) => account, atHome),
  },
  'book at home': {
    ...{ vendor: 'junction', call: 'book', follows: ALL, refusal: SLOT_GONE },
    async begin(stage, _follow, lay) {
      await lay('');
      return adoptKept(stage);
    },
  },
  'book at a site': {
    ...{ vendor: 'junction', call: 'book', follows: ALL, refusal: SLOT_GONE },
    begin: booking(({ account }) => account, atSite),
  },
  'book at a site with a key': {
    ...{ vendor: 'junction', call: 'book', follows: ALL, refusal: SLOT_GONE },
    begin: booking((stage) => accountWith(KEYED, stage), atSite),
  },
  'request a visit': {
    ...{ vendor: 'junction', call: 'request_visit', follows: NO_SLOT, refusal: MALFORMED },
    async begin(stage, _follow, lay) {
      await lay('');
      return { id: await started(stage, byPhone(stage.account)), keptOrder: null };
    },
    onward: agreeByPhone,
  },
  'move at home': {
    ...{ vendor: 'junction', call: 'reschedule', follows: ALL, refusal: SLOT_GONE },
    begin: moving(adoptKept),
  },
  'move at a site': {
    ...{ vendor: 'junction', call: 'reschedule', follows: ALL, refusal: SLOT_GONE },
    begin: moving(adoptKeptAtSite),
  },
  'cancel at home': {
    ...{
      vendor: 'junction',
      call: 'cancel_appointment',
      follows: ALL,
      refusal: CANCELLED_ALREADY,
      undoes: true,
    },
    begin: cancelling(adoptKept),
    accepted: asItStands('phlebotomy'),
  },
  'cancel at a site': {
    ...{
      vendor: 'junction',
      call: 'cancel_appointment',
      follows: ALL,
      refusal: CANCELLED_ALREADY,
      undoes: true,
    },
    begin: cancelling(adoptKeptAtSite),
    accepted: asItStands('psc'),
  },
  'cancel order': {
    ...{ vendor: 'junction', call: 'cancel_order', follows: NO_SLOT, undoes: true },
    refusal: {
      status: 400,
      body: {
        error: 'Bad Request',
        message: 'Transition from partial_results to cancelled is not allowed',
        status_code: 400,
      },
    },
    async begin(stage, _follow, lay) {
      const id = await started(stage, atHome({ account: stage.account }));
      const { order } = await confirmed(stage, id);
      await lay(order?.id ?? '');
      await stage.rig.bookings.cancel(id, {});
      return { id, keptOrder: null };
    },
    accepted: orderAsItStands,
  },
  'create at a practice': {
    ...{ vendor: 'oliver', call: 'create_appointment', follows: ALL },
    refusal: { status: 400, body: { success: false, message: 'This time slot is no longer available' } },
    async begin(stage, _follow, lay) {
      await lay('');
      return { id: await started(stage, practice(stage)), keptOrder: null };
    },
  },
  'create for a move': {
    ...{ vendor: 'oliver', call: 'create_appointment', follows: ALL },
    refusal: { status: 400, body: { success: false, message: 'This time slot is no longer available' } },
    async begin(stage, _follow, lay) {
      const id = await started(stage, practice(stage));
      await confirmed(stage, id);
      await lay('');
      await stage.rig.bookings.reschedule(id, LATER);
      return { id, keptOrder: null };
    },
  },
  'ask staff to cancel': {
    ...{ vendor: 'oliver', call: 'create_task', follows: NO_SLOT, undoes: true },
    refusal: { status: 400, body: { success: false, message: 'title is required' } },
    async begin(stage, _follow, lay) {
      const id = await started(stage, practice(stage));
      await confirmed(stage, id);
      await lay('');
      await stage.rig.bookings.cancel(id, {});
      return { id, keptOrder: null };
    },
  },
} as const satisfies Record<string, Scene>;

export type SceneName = keyof typeof SCENES;

/** The scene of that name, as a scene: what only some have is there as undefined. */
export function sceneOf(name: SceneName): Scene {
  return SCENES[name];
}
