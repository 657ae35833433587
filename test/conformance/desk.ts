import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createProviderActivities } from '../../activities';
import type {
  BookAnswer,
  CancelAnswer,
  LookUp,
  OrderCancelAnswer,
  PlaceAnswer,
  ProviderActivities,
  Target,
} from '../../activities/contract';
import type { Capabilities } from '../../src/booking/capabilities';
import type { Appointment, Order, Sighting, Slot } from '../../src/booking/model';
import { bookRef, makerOf } from '../../src/booking/ref';
import type { BookingRequest } from '../../src/booking/schema/request';
import { sightingMark, ownershipIn, type OwnershipClue, type Ownership } from '../../src/booking/sighting';
import type { AcceptedCancel } from '../../src/booking/traces';
import { Failure } from '../../src/booking/failures';
import type { Hand, Orders, Subject } from './subject';

/**
 * The saga's side of the desk. The kit talks to a provider through the same activities as the saga does, in a
 * mocked activity context, and judges what it sees with the saga's own rule of whose appointment it is: what
 * passes here is what the saga relies on, and not what an adapter happens to do inside.
 */

/** More than any call takes on a busy machine; calls that are to time out get their own. */
const CALL_TIMEOUT_MS = 20_000;

/** How long something that is to come may take, in ms. */
const PATIENCE_MS = 15_000;

/** Declares tests. `desk` is the one of the test that runs. */
export type Cases = (desk: () => Desk, capabilities: Capabilities) => void;

export interface Desk {
  subject: Subject;
  /** The hands behind the provider. Throws where there are none. */
  hand: Hand;
  orders: Orders;
  /** The saga's activities, each run in an activity context. */
  activities: ProviderActivities;
  target(bookingId?: string, callTimeoutMs?: number): Target;
  /** A booking that has its order, ready, and slots on offer. */
  open(request?: BookingRequest): Promise<Trial>;
  /** The same for a request that no slots are on offer for. */
  openWithout(request: BookingRequest): Promise<Trial>;
  /** From now on Temporal has given every call up: its fence lets none through. */
  giveUp(): void;
  /** Cancels whatever the trials left: for a provider that is not thrown away afterwards. */
  cleanUp(): Promise<void>;
}

/** One booking's dealings with the provider. */
export interface Trial {
  bookingId: string;
  target: Target;
  request: BookingRequest;
  order: Order | null;
  slots: readonly Slot[];
  /** The n-th slot on offer, from 0. */
  slot(n?: number): Slot;
  /** Books as the saga does: notes first what is there where refs do not return, and counts each call. */
  book(how?: { slot?: Slot; key?: string; callTimeoutMs?: number }): Promise<BookAnswer>;
  /** Books, and fails the test when the slot is not held. */
  held(how?: { slot?: Slot }): Promise<Appointment>;
  move(appointmentId: string, slot: Slot, callTimeoutMs?: number): Promise<BookAnswer>;
  requestVisit(vendor: string, callTimeoutMs?: number): Promise<BookAnswer>;
  cancel(appointmentId: string, callTimeoutMs?: number): Promise<CancelAnswer>;
  cancelOrder(how?: {
    callTimeoutMs?: number;
    mayTakeOwn?: boolean;
    feeWindowMs?: number;
  }): Promise<OrderCancelAnswer>;
  /** What a look is given: the booking's own appointments stand, as far as it knows. */
  where(): LookUp;
  look(): Promise<Sighting>;
  /** Whose appointment a look shows, by the saga's rule. */
  ownership(): Promise<Ownership>;
  /** The next sighting that differs from this one. */
  change(from: Sighting): Promise<Sighting>;
}

export function openDesk(subject: Subject): Desk {
  const { adapter } = subject;
  let isGivenUp = false;
  const activities = inContext(
    createProviderActivities({
      providerFor: () => adapter,
      timezoneOf: () => subject.timezone,
      // Every attempt counts here, unless a case says otherwise.
      fence: () => (isGivenUp ? Promise.reject(givenUp()) : Promise.resolve()),
    }),
  );
  const trials: Trial[] = [];
  const desk: Desk = {
    subject,
    activities,
    get hand() {
      return there(subject.hand, 'hands behind the provider');
    },
    get orders() {
      return there(subject.orders, 'orders');
    },
    target: (bookingId = newId(), callTimeoutMs = CALL_TIMEOUT_MS) => ({
      provider: subject.provider,
      account: subject.account,
      bookingId,
      callTimeoutMs,
    }),
    async open(request = subject.request()) {
      const trial = await desk.openWithout(request);
      return Object.assign(trial, { slots: await searched(desk, request, trial.order) });
    },
    async openWithout(request) {
      const target = desk.target();
      const trial = openTrial(
        desk,
        target,
        request,
        subject.orders ? await readyOrder(desk, target, request) : null,
      );
      trials.push(trial);
      return trial;
    },
    giveUp: () => void (isGivenUp = true),
    async cleanUp() {
      for (const trial of trials.splice(0)) await undo(trial);
    },
  };
  return desk;
}

/** What the activities' own fence throws (activities/fence.ts). */
function givenUp(): Failure {
  return new Failure('provider_unavailable', { sent: 'no', said: 'the call was given up' });
}

/** Slots for a request, as the saga asks for them. */
export async function searched(
  desk: Desk,
  request: BookingRequest,
  order: Order | null = null,
  max = 50,
): Promise<Slot[]> {
  const { capabilities } = desk.subject;
  const search = { target: desk.target(), request, order, capabilities, max, tried: [] };
  return (await desk.activities.searchSlots(search)).slots;
}

/** Places an order as the saga does. */
export function placed(desk: Desk, target: Target, request: BookingRequest): Promise<PlaceAnswer> {
  return desk.activities.placeOrder({
    target,
    request,
    key: `${target.bookingId}/order/1`,
    createdSince: EPOCH,
  });
}

/** Nothing that the kit cancels costs anything. */
const FREE = { feeWindowMs: 0, accepted: false };

/** Cancels an order that was placed beside a trial's own and carries nothing. */
export function cancelPlaced(
  { activities }: Desk,
  trial: Trial,
  target: Target,
  orderId: string,
): Promise<OrderCancelAnswer> {
  const { request, startsAt, clue, acceptedCancels } = trial.where();
  const look = {
    target,
    request,
    orderId,
    startsAt,
    clue: { ...clue, orderId },
    acceptedCancels,
    liveIds: [],
  };
  return activities.cancelOrder({ ...look, takesAppointment: false, mayTakeOwn: true, fees: FREE });
}

/** Long before any test. */
export const EPOCH = '2020-01-01T00:00:00.000Z';

async function readyOrder(desk: Desk, target: Target, request: BookingRequest): Promise<Order> {
  const answer = await placed(desk, target, request);
  if (answer.is !== 'done') throw new Error(`the order was not placed: ${answer.said}`);
  const { id: orderId } = answer.order;
  await desk.orders.ready(orderId);
  return (await desk.activities.readOrder({ target, orderId })).order;
}

function openTrial(
  { activities, subject }: Desk,
  target: Target,
  request: BookingRequest,
  order: Order | null,
): Trial {
  const { refReturns, orderCancelTakesAppointment: takesAppointment } = subject.capabilities;
  const maker = makerOf(target.bookingId, new Date().toISOString());
  const orderId = order?.id ?? null;
  const known = { ownIds: [] as string[], before: [] as string[], triedStartsAt: null as string | null };
  const accepted: AcceptedCancel[] = [];
  let generation = 0;
  const nextRef = (): string => bookRef(maker, ++generation);
  const within = (callTimeoutMs = target.callTimeoutMs): Target => ({ ...target, callTimeoutMs });
  const clue = (): OwnershipClue => ({ maker, orderId, refReturns, takenOver: null, ...known });
  const told = () => ({ clue: clue(), acceptedCancels: accepted });
  const liveIds = (): string[] => known.ownIds.filter((id) => !accepted.some((one) => one.id === id));
  const where = (): LookUp => ({
    ...{ target, request, orderId, startsAt: known.triedStartsAt, liveIds: liveIds() },
    ...told(),
  });
  const kept = (answer: BookAnswer): BookAnswer => {
    if (answer.is === 'held') known.ownIds.push(answer.appointment.id);
    return answer;
  };
  const noted = (id: string, answer: CancelAnswer): CancelAnswer => {
    const isAccepted = ('byUs' in answer && answer.byUs) || ('accepted' in answer && answer.accepted);
    if (isAccepted) accepted.push({ id, at: new Date().toISOString() });
    return answer;
  };

  const trial: Trial = {
    bookingId: target.bookingId,
    target,
    request,
    order,
    slots: [],
    slot: (n = 0) => there(trial.slots[n], `slot number ${n}`),
    async book({ slot = trial.slot(), key, callTimeoutMs } = {}) {
      known.triedStartsAt = slot.startsAt;
      if (!refReturns) known.before = (await trial.look()).live.map(({ id }) => id);
      const ref = nextRef();
      const input = {
        target: within(callTimeoutMs),
        request,
        orderId,
        slot,
        ref,
        key: key ?? null,
        ...told(),
      };
      return kept(await activities.bookSlot(input));
    },
    async held(how) {
      const answer = await trial.book(how);
      if (answer.is !== 'held') throw new Error(`the slot is not held: ${JSON.stringify(answer)}`);
      return answer.appointment;
    },
    async move(appointmentId, slot, callTimeoutMs) {
      known.triedStartsAt = slot.startsAt;
      const input = { target: within(callTimeoutMs), request, orderId, appointmentId, slot, ref: nextRef() };
      return kept(await activities.moveAppointment({ ...input, ...told() }));
    },
    async requestVisit(vendor, callTimeoutMs) {
      const input = { request, order: there(order, 'an order'), vendor, ref: nextRef() };
      return kept(await activities.requestVisit({ target: within(callTimeoutMs), ...input, ...told() }));
    },
    cancel: async (appointmentId, callTimeoutMs) => {
      const input = { ...where(), target: within(callTimeoutMs), appointmentId, reason: null, fees: FREE };
      return noted(appointmentId, await activities.cancelAppointment({ ...input, request }));
    },
    cancelOrder: async ({ callTimeoutMs, mayTakeOwn = true, feeWindowMs = 0 } = {}) => {
      const id = there(orderId, 'an order');
      const fees = { ...FREE, feeWindowMs };
      const input = {
        ...where(),
        target: within(callTimeoutMs),
        orderId: id,
        takesAppointment,
        mayTakeOwn,
        fees,
      };
      return activities.cancelOrder(input);
    },
    where,
    look: () => activities.lookUp(where()),
    ownership: async () => ownershipIn(await trial.look(), clue()),
    change: (from) =>
      untilItComes(() =>
        activities.awaitAppointmentChange({ ...where(), seen: sightingMark(from), missingForMs: 0 }),
      ),
  };
  return trial;
}

async function undo(trial: Trial): Promise<void> {
  for (const appointment of (await trial.look()).live) await trial.cancel(appointment.id);
  if (trial.order) await trial.cancelOrder();
}

/** Repeats a poll that fails softly until it returns, as Temporal does. Everything else that it throws is thrown. */
export async function untilItComes<T>(poll: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    try {
      return await poll();
    } catch (err) {
      const isEarly = err instanceof ApplicationFailure && err.type === 'not_yet';
      if (!isEarly || Date.now() > giveUpAt) throw err;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Repeats a look until it shows what is wanted; fails with the last one seen. */
export async function eventually<T>(
  look: () => Promise<T>,
  isWanted: (seen: T) => boolean,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  return untilItComes(async () => {
    const seen = await look();
    if (isWanted(seen)) return seen;
    throw ApplicationFailure.create({ type: 'not_yet', message: `did not come: ${JSON.stringify(seen)}` });
  }, patienceMs);
}

/** What crosses to the workflow when an activity fails; anything but a failure of the table fails the test. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ code: string; isRetried: boolean; retryAfterMs: unknown }> {
  const outcome = await call.then(
    (value) => new Error(`it did not fail: ${JSON.stringify(value)}`),
    (err: unknown) => err,
  );
  if (!(outcome instanceof ApplicationFailure)) throw outcome;
  return {
    code: outcome.type ?? '',
    isRetried: !outcome.nonRetryable,
    retryAfterMs: outcome.nextRetryDelay ?? null,
  };
}

export const retried = (code: string) => ({ code, isRetried: true, retryAfterMs: null });
export const final = (code: string) => ({ code, isRetried: false, retryAfterMs: null });

/** Failures are what half of the kit is about: the SDK's warnings of them would be all that one sees. */
const SILENT = new DefaultLogger('ERROR', () => undefined);

function inContext(activities: ProviderActivities): ProviderActivities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    (input: unknown) =>
      new MockActivityEnvironment({}, { logger: SILENT }).run(
        activity as (input: unknown) => Promise<unknown>,
        input,
      ),
  ]);
  // The same functions under the same names, each within a context of its own.
  return Object.fromEntries(wrapped) as ProviderActivities;
}

function newId(): string {
  return `bk_${randomUUID().replaceAll('-', '')}`;
}

function there<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`there is no such thing here: ${what}`);
  return value;
}
