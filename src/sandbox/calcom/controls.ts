import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { controlBody } from '../controls';
import type { LoggedCall } from '../misbehaviour';
import { add, change, decide, end, markAbsent, move } from './bookings';
import { bookingOf, eventTypeOf, isLive, type Context } from './context';
import { send } from './events';
import type { Pace } from './pace';
import { eventTypeSettings, hostSchema, metadataSchema, quirksSchema } from './state';
import { plainBooking, type Wire } from './wire';

/** The `/_sandbox` routes that only the Cal.com sandbox has. They show its state and change it by hand. */
export function calcomControls(
  app: FastifyInstance,
  context: Context,
  parts: { calls: LoggedCall[]; pace: Pace; reset: () => void },
): void {
  app.get('/_sandbox/state', () => stateAnswer(context, parts.calls));
  app.post('/_sandbox/reset', () => {
    parts.reset();
    return stateAnswer(context, parts.calls);
  });
  settingControls(app, context, parts.pace);
  deskControls(app, context);
}

function stateAnswer(context: Context, calls: LoggedCall[]): Wire {
  const { bookings } = context.state;
  return {
    bookings: bookings.map((booking) => plainBooking(context, booking)),
    // Cal.com has no orders; the field exists so that the state of every sandbox reads alike.
    live: { appointments: bookings.filter(isLive).map(({ uid }) => uid), orders: [] },
    calls,
    webhooks: context.webhooks.deliveries,
  };
}

const count = z.number().int().min(0).optional();
const slotsBody = z.strictObject({
  snatch: count,
  empty: count,
  /** Frees the times that somebody else took. */
  release: z.boolean().default(false),
});
const copyBody = z.strictObject({ lagMs: z.number().int().min(0), listsNew: z.boolean() }).partial();
const paceBody = z.strictObject({ callsAMinute: z.number().int().min(1).nullable() });

function settingControls(app: FastifyInstance, context: Context, pace: Pace): void {
  const { state } = context;
  app.post<{ Params: { id: string } }>('/_sandbox/event-types/:id', (request) => {
    const eventType = eventTypeOf(context, Number(request.params.id));
    return Object.assign(eventType, controlBody(z.strictObject(eventTypeSettings).partial(), request.body));
  });
  app.post('/_sandbox/host', (request) =>
    Object.assign(state.host, controlBody(hostSchema.partial(), request.body)),
  );
  app.post('/_sandbox/slots', (request) => {
    const { release, ...given } = controlBody(slotsBody, request.body);
    return Object.assign(state.slots, given, release && { taken: [] });
  });
  app.post('/_sandbox/quirks', (request) =>
    Object.assign(state.quirks, controlBody(quirksSchema, request.body)),
  );
  app.post('/_sandbox/keys', (request) => {
    const { revoked } = controlBody(z.strictObject({ revoked: z.array(z.string()) }), request.body);
    state.revokedKeys = revoked;
    return { revoked };
  });
  app.post('/_sandbox/pace', (request) => {
    const { callsAMinute } = controlBody(paceBody, request.body);
    state.callsAMinute = callsAMinute;
    pace.forget();
    return { callsAMinute };
  });
  app.post('/_sandbox/copy', (request) => {
    const { lagMs, listsNew } = Object.assign(state, controlBody(copyBody, request.body));
    return { lagMs, listsNew };
  });
  app.post('/_sandbox/events', (request) => {
    const body = z.strictObject({ triggerEvent: z.string(), payload: z.unknown() });
    const { triggerEvent, payload } = controlBody(body, request.body);
    send(context, triggerEvent, payload);
    return { triggerEvent };
  });
}

const moment = z.iso.datetime({ offset: true });
const deskBody = z.strictObject({
  eventTypeId: z.number().int().default(1001),
  start: moment,
  status: z.string().min(1).default('accepted'),
  attendee: z
    .strictObject({
      name: z.string().default('Sam Stranger'),
      email: z.string().default('sam@example.com'),
      timeZone: z.string().default('America/New_York'),
    })
    .prefault({}),
  metadata: metadataSchema.default({}),
});
const actBody = z.strictObject({
  acts: z.enum(['confirm', 'decline', 'cancel', 'move', 'absent']).optional(),
  reason: z.string().default(''),
  /** Where `move` moves it; a new booking comes of it. */
  start: moment.optional(),
  /** Any status, without telling anybody. */
  status: z.string().min(1).optional(),
  attendee: z.strictObject({ name: z.string(), email: z.string() }).partial().optional(),
  listed: z.boolean().optional(),
});
type Act = z.infer<typeof actBody>;

/** What the host or the attendee does by the vendor's own pages. */
function deskControls(app: FastifyInstance, context: Context): void {
  app.post('/_sandbox/bookings', (request) => {
    const { start, eventTypeId, attendee, ...made } = controlBody(deskBody, request.body);
    const booking = add(context, eventTypeOf(context, eventTypeId), {
      ...made,
      start: Date.parse(start),
      attendee: { ...attendee, phoneNumber: null, language: 'en', absent: false },
      responses: { name: attendee.name, email: attendee.email },
      location: null,
    });
    return plainBooking(context, booking);
  });

  app.post<{ Params: { uid: string } }>('/_sandbox/bookings/:uid', (request) => {
    const act = controlBody(actBody, request.body);
    return plainBooking(context, acted(context, request.params.uid, act));
  });
}

function acted(context: Context, uid: string, act: Act): ReturnType<typeof bookingOf> {
  const booking = bookingOf(context, uid);
  const { status, listed, reason, attendee } = act;
  if (status !== undefined) change(context, booking, { status });
  if (listed !== undefined) change(context, booking, { listed });
  if (attendee !== undefined) change(context, booking, { attendee: { ...booking.attendee, ...attendee } });
  if (act.acts === 'confirm' || act.acts === 'decline') decide(context, booking, act.acts, reason);
  if (act.acts === 'cancel') end(context, booking, 'cancelled', reason, null);
  if (act.acts === 'absent')
    markAbsent(context, booking, { attendees: [{ email: booking.attendee.email, absent: true }] });
  if (act.acts !== 'move') return booking;
  const to = Date.parse(act.start ?? booking.start);
  return move(context, booking, to, { reason: reason === '' ? null : reason, by: null, isByHost: true });
}
