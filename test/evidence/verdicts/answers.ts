import { FORMS, SENTENCES, type AnswerFacts, type Form, type WriteName } from '../expected-verdicts';

/** Answers as bytes: what the documents show of each vendor's successes and errors, and what gateways put in their place. */

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** `silence`: never answered. `reset`: read, then cut. `half`: cut in the middle of a 200. */
export type Answer = HttpAnswer | 'silence' | 'reset' | 'half';

/** What one case's double knows of itself. */
export interface Stage {
  orderId: string;
  userId: string;
  bookingId: string;
  ref: string;
  startsAt: string;
}

export const APPOINTMENT_ID = '06c2c65b-74a0-4f25-a4a9-44f796296355';
/** Words that no document has. */
const NOBODYS = 'We could not do that.';
const DAY_MS = 86_400_000;

const KINDS = {
  home: { type: 'phlebotomy', provider: 'getlabs', method: 'at_home_phlebotomy' },
  site: { type: 'patient_service_center', provider: 'quest', method: 'walk_in_test' },
} as const;

export type Place = keyof typeof KINDS | 'oliver';

/** The place of a write. */
export function placeOf(write: WriteName): Place {
  const [place] = write.split('/');
  if (place === 'home' || place === 'site') return place;
  return 'oliver';
}

/** An order of Junction's, as its contract has it. */
export function orderBody(place: 'home' | 'site', stage: Stage, status: string): object {
  const { method } = KINDS[place];
  const event = { id: 1, created_at: '2026-11-01T08:00:00Z', status: status.replace('*', method) };
  return {
    id: stage.orderId,
    user_id: stage.userId,
    team_id: '7b0ef5b3-ae16-4b3b-a8d4-1b1a2f6f2b11',
    patient_details: { dob: '1984-03-09T00:00:00+00:00', gender: 'female' },
    patient_address: ADDRESS,
    details: { type: method },
    created_at: '2026-11-01T08:00:00Z',
    updated_at: '2026-11-01T08:00:00Z',
    events: [event],
    last_event: event,
    status: status.split('.')[0],
    passthrough: stage.bookingId,
  };
}

const ADDRESS = {
  first_line: 'West Lincoln Street',
  second_line: '',
  city: 'Phoenix',
  state: 'AZ',
  zip: '85004',
  zip_code: '85004',
  country: 'US',
};

/** An appointment of Junction's with our ref, as its contract has it. */
export function appointmentBody(place: 'home' | 'site', stage: Stage, status: string): object {
  const { type, provider } = KINDS[place];
  const event_status = status === 'confirmed' ? 'scheduled' : status;
  return {
    id: APPOINTMENT_ID,
    user_id: stage.userId,
    order_id: stage.orderId,
    order_transaction_id: null,
    address: ADDRESS,
    location: { lng: -112.0772235, lat: 33.4421912 },
    start_at: stage.startsAt,
    end_at: new Date(Date.parse(stage.startsAt) + 3_600_000).toISOString(),
    iana_timezone: 'America/Phoenix',
    type,
    provider,
    status,
    provider_id: '123',
    external_id: null,
    can_reschedule: true,
    appointment_notes: `Left arm\nref:${stage.ref}`,
    event_status,
    event_data: null,
    events: [{ created_at: '2026-11-01T08:00:00Z', data: null, status: event_status }],
  };
}

/** An appointment of Oliver's; its id is an integer in the answer to create and a string in lists. */
export function visitBody(id: number | string, stage: Stage): object {
  const startedMs = Date.parse(stage.startsAt);
  const now = new Date().toISOString();
  return {
    id,
    remote_id: null,
    remote_client_id: 'C-1001',
    remote_patient_id: 'P-77',
    status: 'ACCEPTED',
    booking_date: stage.startsAt,
    end_date: new Date(startedMs + 1_200_000).toISOString(),
    created_at: now,
    updated_at: now,
    client_first_name: 'Ana',
    client_last_name: 'Reyes',
    client_email: null,
    client_phone: null,
    client_type: 'RETURNING',
    patient_name: 'Rex',
  };
}

/** The documented answer to a write that succeeded. */
function successOf(write: WriteName, stage: Stage, form: 'good' | 'unchanged'): object {
  const place = placeOf(write);
  if (place === 'oliver') {
    const isTask = write === 'oliver/create_task';
    const task = { id: '9', task_type: 'task', status: 'pending', title: 'Cancel', description: 'Please' };
    return { success: true, data: isTask ? task : visitBody(123, stage), message: 'created successfully' };
  }
  if (write.endsWith('place_order'))
    return {
      order: orderBody(place, stage, 'received.*.ordered'),
      status: 'success',
      message: 'order created',
    };
  if (write.endsWith('cancel_order')) {
    const status = form === 'good' ? 'cancelled.*.cancelled' : 'received.*.requisition_created';
    return { order: orderBody(place, stage, status), status: 'success', message: 'order cancelled' };
  }
  if (form === 'unchanged') return appointmentBody(place, stage, 'confirmed');
  if (write.endsWith('cancel_appointment')) return appointmentBody(place, stage, 'cancelled');
  const startsAt = write.endsWith('reschedule') ? movedTo(stage) : stage.startsAt;
  return appointmentBody(place, { ...stage, startsAt }, 'confirmed');
}

/** The start of the slot that an appointment is moved to. */
export function movedTo({ startsAt }: Stage): string {
  return new Date(Date.parse(startsAt) + DAY_MS).toISOString();
}

/** An answer of these facts. */
export function answerOf(write: WriteName, stage: Stage, facts: AnswerFacts): HttpAnswer {
  const { status, form, sentence } = facts;
  const words = sentence === null ? NOBODYS : SENTENCES[sentence].words;
  const { type, text } = BODIES[form]({ write, stage, status, words });
  return {
    status,
    headers: {
      'content-type': type,
      // Whoever follows it finds a success there; nobody must.
      ...(status >= 300 && status < 400 && { location: `/followed/${stage.orderId}` }),
      ...(form === 'retry_after' && { 'retry-after': '1' }),
    },
    body: text,
  };
}

interface Told {
  write: WriteName;
  stage: Stage;
  status: number;
  words: string;
}

const json = (value: unknown) => ({ type: 'application/json', text: JSON.stringify(value) });

const BODIES: Record<Form, (told: Told) => { type: string; text: string }> = {
  good: ({ write, stage }) => json(successOf(write, stage, 'good')),
  unchanged: ({ write, stage }) => json(successOf(write, stage, 'unchanged')),
  detail: ({ words }) => json({ detail: words }),
  detail_list: ({ words }) => json({ detail: [{ loc: ['body'], msg: words, type: 'value_error' }] }),
  error_message: ({ words, status }) => json({ error: 'error', message: words, status_code: status }),
  envelope: ({ words }) => json({ success: false, message: words }),
  text: ({ words }) => ({ type: 'text/plain', text: words }),
  html: ({ words, status }) => ({
    type: 'text/html',
    text: `<html><head><title>${status}</title></head><body><h1>${status}</h1><p>${words}</p></body></html>`,
  }),
  half_json: ({ words }) => ({
    type: 'application/json',
    text: JSON.stringify({ detail: words }).slice(0, -3),
  }),
  empty: () => ({ type: 'application/json', text: '' }),
  retry_after: () => ({ type: 'text/plain', text: 'Too many requests' }),
  gateway_json: ({ words }) => json({ message: words }),
};

/** The forms in which a vendor words its own errors. */
export function ownFormsOf(write: WriteName): Form[] {
  const vendor = placeOf(write) === 'oliver' ? 'oliver' : 'junction';
  return FORM_NAMES.filter((form) => FORMS[form] === vendor);
}

/** The forms of those who answer in a vendor's place. */
export function strangeForms(): Form[] {
  return FORM_NAMES.filter((form) => FORMS[form] === 'nobody');
}

const FORM_NAMES = Object.keys(FORMS).filter((name): name is Form => name in FORMS);

/** A start some days from now, on the hour. */
export function startInDays(days: number): string {
  return new Date(Math.ceil((Date.now() + days * DAY_MS) / 3_600_000) * 3_600_000).toISOString();
}
