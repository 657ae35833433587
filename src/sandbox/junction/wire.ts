import { oddly } from '../oddities';
import { LAB_TESTS } from './catalogue';
import { currentAppointment, isLive, oddityOf, type Context } from './context';
import { quirkyAppointment, quirkyOrder } from './quirks';
import { eventStatus, lowLevel, topLevel, type Modality } from './rules';
import type { AppointmentRecord, OrderRecord } from './state';

/** The shapes of answers as the contract defines them, before and after the quirks that are on. */

export type Wire = Record<string, unknown>;

/** Returns an order as the API answers it (contract: ClientFacingOrder), quirks included. */
export function orderAnswer(context: Context, order: OrderRecord): Wire {
  return quirkyOrder(context.state.quirks, plainOrder(context, order));
}

/** Returns an appointment as the API answers it (contract: ClientFacingAppointment), quirks included. */
export function appointmentAnswer(context: Context, appointment: AppointmentRecord): Wire {
  return quirkyAppointment(context.state.quirks, plainAppointment(appointment));
}

/** Returns the answer to placing or cancelling an order (contract: PostOrderResponse). */
export function orderCallAnswer(context: Context, order: OrderRecord, message: string): Wire | Wire[] {
  const answer = { order: orderAnswer(context, order), status: 'success', message };
  return context.state.quirks.wrappedOrderAnswer ? [answer] : answer;
}

/** Returns the body of a webhook about an order or an appointment. */
export function eventBody(context: Context, eventType: string, userId: string, data: Wire): Wire {
  return {
    event_type: eventType,
    user_id: userId,
    client_user_id: userId,
    team_id: context.state.teamId,
    data: oddly(data, oddityOf(context)),
  };
}

/** Returns an order as the contract defines it, without quirks. */
export function plainOrder(context: Context, order: OrderRecord): Wire {
  const { request } = order;
  const last = order.events.at(-1) ?? order.events[0];
  return {
    id: order.id,
    user_id: request.user_id,
    team_id: context.state.teamId,
    patient_details: {
      ...request.patient_details,
      dob: `${request.patient_details.dob}T00:00:00+00:00`,
    },
    patient_address: request.patient_address,
    lab_test: LAB_TESTS.find(({ id }) => id === order.labTestId) ?? LAB_TESTS[0],
    details: { type: order.modality, data: details(context, order) },
    sample_id: order.sampleId,
    notes: null,
    clinical_notes: request.clinical_notes ?? null,
    created_at: order.createdAt,
    updated_at: order.updatedAt,
    events: order.events,
    last_event: last,
    status: topLevel(last.status),
    physician: physician(request.physician),
    health_insurance_id: null,
    requisition_form_url: null,
    priority: request.priority,
    shipping_details: null,
    activate_by: request.activate_by ?? null,
    passthrough: request.passthrough ?? null,
    billing_type: request.billing_type,
    icd_codes: request.icd_codes ?? null,
    has_abn: false,
    origin: 'initial',
    order_transaction: transaction(order, last),
  };
}

type Details = (context: Context, order: OrderRecord) => Wire;

function details(context: Context, order: OrderRecord): Wire {
  const common = { id: order.detailId, created_at: order.createdAt, updated_at: order.updatedAt };
  return { ...common, ...DETAILS[order.modality](context, order) };
}

const withAppointment: Details = (context, order) => {
  const appointment = currentAppointment(context, order.id);
  return { appointment_id: appointment && isLive(appointment) ? appointment.id : null };
};

const DETAILS: Readonly<Record<Modality, Details>> = {
  at_home_phlebotomy: withAppointment,
  walk_in_test: withAppointment,
  testkit: () => ({ shipment: null }),
  on_site_collection: () => ({}),
};

function physician(given: OrderRecord['request']['physician']): Wire | null {
  return given ? { first_name: given.first_name, last_name: given.last_name, npi: given.npi } : null;
}

function transaction(order: OrderRecord, last: OrderRecord['events'][number]): Wire {
  const ended: Readonly<Record<string, string>> = { completed: 'completed', cancelled: 'cancelled' };
  return {
    id: order.transactionId,
    status: ended[topLevel(last.status)] ?? 'active',
    orders: [
      {
        id: order.id,
        low_level_status: lowLevel(last.status),
        low_level_status_created_at: last.created_at,
        origin: 'initial',
        created_at: order.createdAt,
        updated_at: order.updatedAt,
      },
    ],
  };
}

/** Returns an appointment as the contract defines it, without quirks. */
export function plainAppointment(appointment: AppointmentRecord): Wire {
  const last = appointment.events.at(-1) ?? appointment.events[0];
  return {
    id: appointment.id,
    user_id: appointment.userId,
    order_id: appointment.orderId,
    address: appointment.address,
    location: appointment.location,
    start_at: appointment.startAt,
    end_at: appointment.endAt,
    iana_timezone: appointment.timezone,
    type: appointment.kind === 'psc' ? 'patient_service_center' : 'phlebotomy',
    provider: appointment.provider,
    status: appointment.status,
    provider_id: appointment.providerId,
    external_id: appointment.externalId,
    can_reschedule: canReschedule(appointment),
    appointment_notes: appointment.notes,
    event_status: eventStatus(appointment.status),
    event_data: last.data,
    events: appointment.events,
  };
}

/**
 * Returns true when the API moves the appointment: it is not over, and not at Sonora Quest
 * (docs/providers.md#preconditions).
 */
export function canReschedule(appointment: AppointmentRecord): boolean {
  return (
    ['pending', 'reserved', 'confirmed'].includes(appointment.status) &&
    appointment.provider !== 'sonora_quest'
  );
}
