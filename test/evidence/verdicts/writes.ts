import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { createProviderActivities } from '../../../activities';
import type { Target, LookUp, ProviderActivities } from '../../../activities/contract';
import { isFailureCode, type FailureCode } from '../../../src/booking/failures';
import type { ProviderName, Slot } from '../../../src/booking/model';
import type { BookingRequest } from '../../../src/booking/schema/request';
import { createJunction } from '../../../src/providers/junction';
import { createOliver } from '../../../src/providers/oliver';
import { createPace, DEFAULT_PACE } from '../../../src/providers/pace';
import type { Fence, Provider } from '../../../src/providers/provider';
import type { Transport } from '../../../src/providers/transport';
import type { Verdict, WriteName } from '../expected-verdicts';
import { APPOINTMENT_ID, movedTo, placeOf, type Place, type Stage } from './answers';

/** Each write as the workflow makes it: through the activity and the real adapter, looks included. */

/** What an activity made of an answer; `bug`: nothing that the contract of the activities knows. */
export interface Seen {
  verdict: Verdict | 'bug';
  code?: FailureCode;
  /** For the report. */
  words: string;
}

export interface Circumstances {
  baseUrl: string;
  /** Left out where the vendor has sockets. */
  transport?: Transport;
  callTimeoutMs: number;
  fence: Fence;
}

/** Makes a write once, and says what its activity made of the answer. */
export async function made(write: WriteName, stage: Stage, circumstances: Circumstances): Promise<Seen> {
  const activities = activitiesAt(placeOf(write), stage, circumstances);
  const target: Target = { ...targetOf(write, stage), callTimeoutMs: circumstances.callTimeoutMs };
  const environment = new MockActivityEnvironment({ attempt: 1 }, { logger: QUIET });
  try {
    return seenIn(await environment.run(() => CALLS[write](activities, target, stage)));
  } catch (err) {
    return seenThrown(err);
  }
}

const SILENT = { warn: () => undefined };
/** Activities that fail are what is looked for here. */
const QUIET = new DefaultLogger('ERROR', () => undefined);

/** A fresh adapter: what one answer has it do later (pauses after a 429, another token) is nothing to the next case. */
function activitiesAt(
  place: Place,
  { bookingId }: Stage,
  { baseUrl, transport, fence }: Circumstances,
): ProviderActivities {
  const provider =
    place === 'oliver' ? oliverAt(baseUrl, bookingId, transport) : junctionAt(place, baseUrl, transport);
  return createProviderActivities({ providerFor: () => provider, timezoneOf: () => null, fence });
}

const PROVIDER: Record<Place, ProviderName> = {
  home: 'junction-phlebotomy',
  site: 'junction-psc',
  oliver: 'oliver',
};

function junctionAt(place: 'home' | 'site', baseUrl: string, transport?: Transport): Provider {
  const name = place === 'home' ? 'junction-phlebotomy' : 'junction-psc';
  const accounts = { default: { apiKey: 'sk_us_test', baseUrl, capabilities: {} } };
  return createJunction(name, { accounts, log: SILENT, send: createPace({}, DEFAULT_PACE, transport) });
}

/** The practice's location tells the double which case it is. */
function oliverAt(baseUrl: string, locationId: string, transport?: Transport): Provider {
  const practice = {
    ...{ baseUrl, username: 'partner', password: 'secret', locationId },
    ...{ timezone: 'America/Chicago', lookBackDays: 1, capabilities: {} },
  };
  const accounts = { default: practice };
  return createOliver({ accounts, log: SILENT, send: createPace({}, DEFAULT_PACE, transport) });
}

function targetOf(write: WriteName, { bookingId }: Stage): Omit<Target, 'callTimeoutMs'> {
  return { provider: PROVIDER[placeOf(write)], account: 'default', bookingId };
}

type Call = (activities: ProviderActivities, target: Target, stage: Stage) => Promise<unknown>;

const placeOrder: Call = (activities, target, stage) =>
  activities.placeOrder({
    target,
    request: requestOf(target.provider, stage),
    key: `${stage.bookingId}/order/1`,
    createdSince: new Date().toISOString(),
  });

const cancelOrder: Call = (activities, target, stage) =>
  activities.cancelOrder({
    ...lookFor(target, stage),
    orderId: stage.orderId,
    takesAppointment: target.provider === 'junction-phlebotomy',
    mayTakeOwn: true,
    fees: FREE,
  });

const bookSlot =
  (withKey: boolean): Call =>
  (activities, target, stage) =>
    activities.bookSlot({
      ...takingFor(target, stage),
      orderId: lookFor(target, stage).orderId,
      slot: slotOf(stage),
      key: withKey ? `${stage.bookingId}/book/1` : null,
    });

const requestVisit: Call = async (activities, target, stage) => {
  const { order } = await activities.readOrder({ target, orderId: stage.orderId });
  return activities.requestVisit({ ...takingFor(target, stage), order, vendor: 'phlebfinders' });
};

const moveAppointment: Call = (activities, target, stage) =>
  activities.moveAppointment({
    ...takingFor(target, stage),
    orderId: stage.orderId,
    appointmentId: APPOINTMENT_ID,
    slot: { ...slotOf(stage), startsAt: movedTo(stage) },
  });

const cancelAppointment =
  (appointmentId: string): Call =>
  (activities, target, stage) => {
    const { reference, client, patient } = requestOf(target.provider, stage);
    const request = { reference, client, patient };
    const look = lookFor(target, stage);
    const clue = { ...look.clue, ownIds: [appointmentId] };
    return activities.cancelAppointment({ ...look, clue, request, appointmentId, reason: null, fees: FREE });
  };

const CALLS: Record<WriteName, Call> = {
  'home/place_order': placeOrder,
  'home/cancel_order': cancelOrder,
  'home/book': bookSlot(false),
  'home/request_visit': requestVisit,
  'home/reschedule': moveAppointment,
  'home/cancel_appointment': cancelAppointment(APPOINTMENT_ID),
  'site/place_order': placeOrder,
  'site/cancel_order': cancelOrder,
  'site/book': bookSlot(false),
  'site/book_with_key': bookSlot(true),
  'site/reschedule': moveAppointment,
  'site/cancel_appointment': cancelAppointment(APPOINTMENT_ID),
  'oliver/create_appointment': bookSlot(false),
  'oliver/create_task': cancelAppointment('123'),
};

const FREE = { feeWindowMs: 0, accepted: true };

function lookFor(target: Target, { orderId, ref, startsAt, ...stage }: Stage): LookUp {
  const refReturns = target.provider !== 'oliver';
  const order = refReturns ? orderId : null;
  const { client, patient } = requestOf(target.provider, { orderId, ref, startsAt, ...stage });
  return {
    target,
    request: { client, patient },
    orderId: order,
    startsAt,
    clue: {
      maker: ref.slice(0, ref.indexOf('/book/')),
      ownIds: [],
      takenOver: null,
      orderId: order,
      refReturns,
      before: [],
      triedStartsAt: startsAt,
    },
    liveIds: [],
    acceptedCancels: [],
  };
}

function takingFor(target: Target, stage: Stage) {
  const { clue, acceptedCancels } = lookFor(target, stage);
  return { target, request: requestOf(target.provider, stage), ref: stage.ref, clue, acceptedCancels };
}

function slotOf({ startsAt }: Stage): Slot {
  return {
    key: 'slot-1',
    startsAt,
    endsAt: new Date(Date.parse(startsAt) + 3_600_000).toISOString(),
    expiresAt: null,
    timezone: null,
    price: null,
    distance: null,
    location: null,
    place: null,
  };
}

function requestOf(provider: ProviderName, { userId }: Stage): BookingRequest {
  const common = { provider, account: 'default', preference: 'earliest' as const, notes: 'Left arm' };
  if (provider === 'oliver')
    return {
      ...common,
      reference: 'recall-77',
      appointmentType: 'wellness',
      client: { remoteId: 'C-1001' },
      patient: { remoteId: 'P-77' },
    };
  return { ...common, patient: { ...PATIENT, userId }, order: { labTestIds: [LAB_TEST_ID] } };
}

const LAB_TEST_ID = '5b41f610-ebc5-4803-8f0c-a61c3bdc7faf';

const PATIENT = {
  firstName: 'Ana',
  lastName: 'Reyes',
  dob: '1984-03-09',
  gender: 'female',
  phone: '+16025550123',
  email: 'ana@example.com',
  address: {
    firstLine: 'West Lincoln Street',
    city: 'Phoenix',
    state: 'AZ',
    zip: '85004',
    country: 'US',
  },
} as const;

/** What an activity's answer says, by the contract of the activities. */
function seenIn(answer: unknown): Seen {
  const field = (name: string): unknown =>
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  const is = field('is');
  const words = [is, field('said')].filter((word) => typeof word === 'string').join(': ');
  if (DONE.includes(is)) return { verdict: 'done', words };
  if (is === 'gone') {
    const code = field('searchAgain') === true ? 'slot_key_invalid' : 'slot_gone';
    return { verdict: 'no_effect', code, words };
  }
  if (is !== 'unknown') return { verdict: 'bug', words: `an answer of no known form: ${words}` };
  if (field('accepted') === true) return { verdict: 'accepted', words };
  return { verdict: field('isRefusal') === true ? 'refused' : 'unknown', words };
}

const DONE: readonly unknown[] = ['held', 'done', 'ended', 'asked'];

/** A failure of the table says that the write had no effect; but for the one that says the contrary. */
function seenThrown(err: unknown): Seen {
  if (!(err instanceof ApplicationFailure) || !isFailureCode(err.type))
    return { verdict: 'bug', words: err instanceof Error ? `${err.name}: ${err.message}` : String(err) };
  const said: unknown = (err.details?.[0] as { said?: unknown } | undefined)?.said;
  const words = `${err.type}${typeof said === 'string' ? `: ${said}` : ''}`;
  if (err.type === 'outcome_unknown') return { verdict: 'bug', words: `thrown ${words}` };
  return { verdict: 'no_effect', code: err.type, words };
}
