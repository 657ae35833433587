import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { controlBody } from '../controls';
import type { LoggedCall } from '../misbehaviour';
import { placeForeign } from './appointments';
import { moveAppointment, moveOrder, retimeAppointment, statusOf } from './changes';
import { isLive, orderOf, type Context } from './context';
import { refuse } from './errors';
import { lowLevel, orderIsLive, orderStatus } from './rules';
import { accountSchema, confirmationPlanSchema, quirksSchema, zoneSchema } from './state';
import { plainAppointment, plainOrder, type Wire } from './wire';

/** The `/_sandbox` routes that only the Junction sandbox has. They show its state and change it by hand. */
export function junctionControls(
  app: FastifyInstance,
  context: Context,
  parts: { calls: LoggedCall[]; reset: () => void },
): void {
  app.get('/_sandbox/state', () => stateAnswer(context, parts.calls));
  app.post('/_sandbox/reset', () => {
    parts.reset();
    return stateAnswer(context, parts.calls);
  });
  settingControls(app, context);
  moveControls(app, context);
}

function stateAnswer(context: Context, calls: LoggedCall[]): Wire {
  const orders = Object.values(context.state.orders);
  const appointments = Object.values(context.state.appointments);
  const liveOrders = orders.filter((order) => orderIsLive(orderStatus(order.modality, statusOf(order))));
  return {
    orders: orders.map((order) => plainOrder(context, order)),
    appointments: appointments.map(plainAppointment),
    live: {
      orders: liveOrders.map(({ id }) => id),
      appointments: appointments.filter(isLive).map(({ id }) => id),
    },
    calls,
    webhooks: context.webhooks.deliveries,
  };
}

const slotsBody = z.strictObject({
  snatch: z.number().int().min(0).optional(),
  empty: z.number().int().min(0).optional(),
  capacity: z.number().int().min(1).nullable().optional(),
  expireKeys: z.boolean().default(false),
  /** Frees the slots that somebody else took. */
  release: z.boolean().default(false),
});

function settingControls(app: FastifyInstance, context: Context): void {
  const { state } = context;
  app.post('/_sandbox/confirmation', (request) => {
    const given = controlBody(
      z.union([confirmationPlanSchema, z.array(confirmationPlanSchema)]),
      request.body,
    );
    state.confirmations.push(...[given].flat());
    return state.confirmations;
  });
  app.post('/_sandbox/quirks', (request) => {
    Object.assign(state.quirks, controlBody(quirksSchema, request.body));
    return state.quirks;
  });
  app.post('/_sandbox/zone', (request) => (state.zone = controlBody(zoneSchema, request.body)));
  app.post('/_sandbox/account', (request) => {
    const given = controlBody(z.record(z.string(), z.unknown()), request.body);
    state.account = controlBody(accountSchema, { ...state.account, ...given });
    return state.account;
  });
  app.post('/_sandbox/users', (request) => {
    state.unknownUsers = controlBody(z.strictObject({ unknown: z.array(z.uuid()) }), request.body).unknown;
    return { unknown: state.unknownUsers };
  });
  app.post('/_sandbox/slots', (request) => {
    const { expireKeys, release, ...given } = controlBody(slotsBody, request.body);
    Object.assign(state.slots, given, release && { taken: [] });
    if (expireKeys) state.slots.keyGeneration += 1;
    return state.slots;
  });
  app.post('/_sandbox/clock', (request) => {
    const body = controlBody(z.strictObject({ advanceOrders: z.boolean() }), request.body);
    state.advanceOrders = body.advanceOrders;
    return body;
  });
}

const eventData = z.record(z.string(), z.unknown()).nullable().default(null);

const moveBody = z.strictObject({
  status: z.string().optional(),
  event_data: eventData,
  start_at: z.iso.datetime({ offset: true }).optional(),
  end_at: z.iso.datetime({ offset: true }).optional(),
});

const foreignBody = z.strictObject({
  order_id: z.uuid(),
  status: z.string().default('confirmed'),
  start_at: z.iso.datetime({ offset: true }).nullable().default(null),
  end_at: z.iso.datetime({ offset: true }).nullable().default(null),
  notes: z.string().nullable().default(null),
});

function moveControls(app: FastifyInstance, context: Context): void {
  app.post('/_sandbox/appointments', (request) => {
    const body = controlBody(foreignBody, request.body);
    return plainAppointment(placeForeign(context, body.order_id, body));
  });

  app.post<{ Params: { id: string } }>('/_sandbox/appointments/:id', (request) => {
    const { appointments } = context.state;
    const { id } = request.params;
    const appointment = Object.hasOwn(appointments, id) ? appointments[id] : undefined;
    if (!appointment) throw refuse(404, 'There is no such appointment.');
    const {
      status,
      event_data: data,
      start_at: startAt,
      end_at: endAt,
    } = controlBody(moveBody, request.body);
    if (startAt !== undefined) {
      const times = { startAt, endAt: endAt ?? appointment.endAt, slotId: null };
      if (status === undefined) retimeAppointment(context, appointment, times, data);
      else Object.assign(appointment, times);
    }
    if (status !== undefined) moveAppointment(context, appointment, status, data);
    return plainAppointment(appointment);
  });

  app.post<{ Params: { id: string } }>('/_sandbox/orders/:id', (request) => {
    const order = orderOf(context, request.params.id);
    const { status } = controlBody(z.strictObject({ status: z.string() }), request.body);
    moveOrder(context, order, lowLevel(status));
    return plainOrder(context, order);
  });
}
