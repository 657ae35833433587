/**
 * The state machine of orders and appointments. Sources: (contract: OrderStatus, AppointmentStatus) and
 * docs/providers.md#cancelling-an-order.
 */

export const MODALITIES = ['at_home_phlebotomy', 'walk_in_test', 'testkit', 'on_site_collection'] as const;
export type Modality = (typeof MODALITIES)[number];

/** The top-level status of each low-level status. */
const TOP_LEVEL: Readonly<Record<string, string>> = {
  ordered: 'received',
  awaiting_registration: 'received',
  registered: 'received',
  requisition_created: 'received',
  requisition_bypassed: 'received',
  appointment_pending: 'collecting_sample',
  appointment_scheduled: 'collecting_sample',
  appointment_cancelled: 'collecting_sample',
  redraw_available: 'collecting_sample',
  transit_customer: 'collecting_sample',
  out_for_delivery: 'collecting_sample',
  with_customer: 'collecting_sample',
  transit_lab: 'collecting_sample',
  problem_in_transit_customer: 'collecting_sample',
  problem_in_transit_lab: 'collecting_sample',
  draw_completed: 'collecting_sample',
  delivered_to_lab: 'sample_with_lab',
  partial_results: 'sample_with_lab',
  lab_processing_blocked: 'sample_with_lab',
  completed: 'completed',
  corrected: 'completed',
  cancelled: 'cancelled',
  do_not_process: 'cancelled',
  sample_error: 'failed',
  lost: 'failed',
  failure_to_deliver_to_customer: 'failed',
  failure_to_deliver_to_lab: 'failed',
};

/** Returns an order's dotted status, e.g. `received.at_home_phlebotomy.ordered`; unknown statuses are `received`. */
export function orderStatus(modality: Modality, low: string): string {
  const onSiteDraw = modality === 'on_site_collection' && low === 'draw_completed';
  return `${onSiteDraw ? 'sample_with_lab' : (TOP_LEVEL[low] ?? 'received')}.${modality}.${low}`;
}

/** Returns the last part of a dotted status; a status without dots is returned whole. */
export function lowLevel(status: string): string {
  return status.slice(status.lastIndexOf('.') + 1);
}

/** Returns the first part of a dotted status. */
export function topLevel(status: string): string {
  return status.split('.', 1)[0] ?? status;
}

/** Returns true when an order can still cause a cost: it is not completed, cancelled or failed. */
export function orderIsLive(status: string): boolean {
  return !['completed', 'cancelled', 'failed'].includes(topLevel(status));
}

const EARLY = ['ordered', 'requisition_created', 'requisition_bypassed'];
const AROUND_APPOINTMENT = ['appointment_pending', 'appointment_scheduled', 'appointment_cancelled'];

interface ModalityRules {
  /** Low-level statuses from which an order can be cancelled. */
  cancellableFrom: readonly string[];
  /** Whether cancelling the order also cancels its appointment. */
  cancelTakesAppointment: boolean;
  /** The statuses through which a simulated order goes, in order. */
  path: readonly string[];
  /** What the order becomes when its visit is over; null: the visit leaves it as it is. */
  afterVisit: string | null;
}

export const MODALITY_RULES: Readonly<Record<Modality, ModalityRules>> = {
  at_home_phlebotomy: {
    cancellableFrom: [...EARLY, ...AROUND_APPOINTMENT, 'draw_completed'],
    cancelTakesAppointment: true,
    path: ['ordered', 'requisition_created', 'draw_completed', 'completed'],
    afterVisit: 'draw_completed',
  },
  walk_in_test: {
    cancellableFrom: [...EARLY, ...AROUND_APPOINTMENT],
    cancelTakesAppointment: false,
    path: ['ordered', 'requisition_created', 'completed'],
    afterVisit: null,
  },
  testkit: {
    cancellableFrom: [...EARLY, 'awaiting_registration', 'registered'],
    cancelTakesAppointment: false,
    path: [
      'ordered',
      'requisition_created',
      'transit_customer',
      'out_for_delivery',
      'with_customer',
      'transit_lab',
      'delivered_to_lab',
      'completed',
    ],
    afterVisit: null,
  },
  on_site_collection: {
    cancellableFrom: [...EARLY, 'draw_completed'],
    cancelTakesAppointment: false,
    path: ['ordered', 'requisition_created', 'draw_completed', 'completed'],
    afterVisit: null,
  },
};

/** Low-level statuses in which an order that has its requisition may get an appointment. */
export const BOOKABLE_FROM: readonly string[] = [
  'requisition_created',
  'requisition_bypassed',
  'appointment_pending',
  'appointment_cancelled',
];

/** Statuses in which an appointment holds its slot. */
export const LIVE_APPOINTMENT: readonly string[] = ['pending', 'reserved', 'confirmed', 'in_progress'];

/** Returns the normalised event of an appointment status: a confirmed appointment is `scheduled`. */
export function eventStatus(status: string): string {
  return status === 'confirmed' ? 'scheduled' : status;
}

/** What an order with a requisition becomes when its appointment gets a status; other statuses leave it unchanged. */
export const ORDER_AFTER_APPOINTMENT: Readonly<Record<string, string>> = {
  pending: 'appointment_pending',
  reserved: 'appointment_pending',
  confirmed: 'appointment_scheduled',
  cancelled: 'appointment_cancelled',
};
