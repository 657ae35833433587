import type { Appointment, AppointmentPhase } from '../../src/booking/model';
import type { BookingRequest } from '../../src/booking/schema/request';
import { toAppointment } from '../../src/providers/oliver/parse';
import { createdWire } from '../../src/providers/oliver/wire';
import { openDesk, type Desk, type Trial } from '../conformance/desk';
import type { Subject } from '../conformance/subject';
import { startOliverSubject } from '../conformance/subjects/oliver';
import { firstTime, REMOTE, startOliver, type Oliver } from '../sandbox/oliver-client';
import type { Check } from './book-page';

/** The seed page "create appointment" (Oliver): each field and rule, and the check that exercises it. */

const withDesk = async (check: (desk: Desk, subject: Subject) => Promise<void>): Promise<void> => {
  const subject = await startOliverSubject();
  try {
    await check(openDesk(subject), subject);
  } finally {
    await subject.close();
  }
};

const withOliver = async (check: (oliver: Oliver) => Promise<void>): Promise<void> => {
  const oliver = await startOliver();
  await check(oliver).finally(oliver.close);
};

/** The body of the adapter's create for a request; the slot is held by it. */
async function sent(desk: Desk, over: Partial<BookingRequest> = {}): Promise<Record<string, unknown>> {
  const trial = await desk.open(desk.subject.request(over));
  await trial.held();
  const call = desk.hand.made('book').at(-1);
  return call?.body as Record<string, unknown>;
}

/** The adapter sends exactly these of the fields that name people, and the sandbox takes them. */
const names =
  (over: Partial<BookingRequest>, fields: Record<string, unknown>): Check =>
  () =>
    withDesk(async (desk) => {
      const body = await sent(desk, over);
      const people = Object.entries(body).filter(([field]) => PEOPLE.test(field));
      expect(Object.fromEntries(people)).toEqual(fields);
    });

const PEOPLE = /^(client_|patient_|first_|last_|phone|email)/;
const P77 = { patient_remote_id: 'P-77' };
const BY_PHONE = { firstName: 'Ana', lastName: 'Reyes', phone: '+16025550123' };
const BY_EMAIL = { firstName: 'Ana', lastName: 'Reyes', email: 'ana@example.com' };
const byPhone = names(
  { client: BY_PHONE },
  { first_name: 'Ana', last_name: 'Reyes', phone: BY_PHONE.phone, ...P77 },
);
const byEmail = names(
  { client: BY_EMAIL },
  { first_name: 'Ana', last_name: 'Reyes', email: BY_EMAIL.email, ...P77 },
);
const byClientId = names({ client: { id: 301 } }, { client_id: 301, ...P77 });
const byClientRemoteId = names({ client: { remoteId: 'C-1001' } }, { client_remote_id: 'C-1001', ...P77 });
const byPatientId = names({ patient: { id: 701 } }, { client_remote_id: 'C-1001', patient_id: 701 });
const byPatientRemoteId = names({ patient: { remoteId: 'P-77' } }, { client_remote_id: 'C-1001', ...P77 });

const inTurn =
  (...checks: Check[]): Check =>
  async () => {
    for (const check of checks) await check();
  };

/** The sandbox refuses what names nobody, or somebody twice. */
const refusesNames =
  (...bodies: Record<string, unknown>[]): Check =>
  () =>
    withOliver(async (oliver) => {
      const slot = await firstTime(oliver);
      for (const body of bodies) {
        const answer = await oliver.call('POST', '/appointments', { slot_id: slot.uuid, ...body });
        expect([body, answer.status]).toEqual([body, 400]);
      }
    });

const oneClient = refusesNames({ ...P77 }, { client_id: 301, client_remote_id: 'C-1001', ...P77 });
const onePatient = refusesNames({ client_id: 301 }, { client_id: 301, patient_id: 701, ...P77 });
const wholeName = refusesNames(
  { first_name: 'Ana', phone: BY_PHONE.phone, ...P77 },
  { first_name: 'Ana', last_name: 'Reyes', ...P77 },
);

const slotOfSearch: Check = () =>
  withDesk(async (desk) => {
    const trial: Trial = await desk.open();
    const held = await trial.held();
    const [search] = desk.hand.made('search');
    expect(JSON.stringify(search?.answer)).toContain(`"uuid":"${trial.slot().key}"`);
    expect(desk.hand.made('book').at(-1)?.body).toMatchObject({ slot_id: trial.slot().key });
    expect(held).toMatchObject({ startsAt: trial.slot().startsAt, endsAt: trial.slot().endsAt });
  });

const noteCarriesRef: Check = () =>
  withDesk(async (desk) => {
    const body = await sent(desk, { notes: 'Annual vaccines' });
    expect(body.note).toMatch(/^Annual vaccines\nref:\S+$/);
  });

const statusOverrides =
  (status: 'REQUESTED' | 'ACCEPTED' | 'CONFIRMED', phase: AppointmentPhase): Check =>
  () =>
    withDesk(async (desk) => {
      const trial = await desk.open(desk.subject.request({ status }));
      expect(await trial.held()).toMatchObject({ status, phase });
      expect(desk.hand.made('book').at(-1)?.body).toMatchObject({ status });
    });

const clinicDecides: Check = () =>
  withDesk(async (desk) => {
    const trial = await desk.open();
    expect(await trial.held()).toMatchObject({ status: 'ACCEPTED' });
    await desk.hand.plan('never');
    expect(await trial.held({ slot: trial.slot(2) })).toMatchObject({ status: 'REQUESTED' });
    for (const { body } of desk.hand.made('book')) expect(body).not.toHaveProperty('status');
  });

const bearer: Check = () =>
  withDesk(async (desk) => {
    const trial = await desk.open();
    await trial.held();
    expect(desk.hand.made('book').at(-1)?.headers.authorization).toMatch(
      /^Bearer [^.\s]+\.[^.\s]+\.[^.\s]+$/,
    );
    const restore = await desk.hand.expireCredentials();
    await expect(trial.look()).rejects.toMatchObject({ type: 'credentials_rejected' });
    await restore();
  });

const PLAIN = { id: 1, status: 'REQUESTED' };
const ACCOUNT = {
  baseUrl: 'http://127.0.0.1',
  username: 'x',
  password: 'x',
  locationId: '1',
  timezone: 'America/Chicago',
  capabilities: {},
};

/** The answer to a create with one field replaced, as the adapter reads it. */
const read = (field: string, value: unknown): Appointment =>
  toAppointment(createdWire.parse({ ...PLAIN, [field]: value }), ACCOUNT, () => undefined);

/** The field arrives; missing, null and malformed it breaks nothing; the sandbox answers it. */
const arrives =
  (field: string, value: unknown, is: Partial<Appointment>): Check =>
  () =>
    withOliver(async (oliver) => {
      expect(read(field, value)).toMatchObject(is);
      for (const odd of [undefined, null, { odd: 1 }].slice(field === 'id' ? 3 : 0))
        expect(read(field, odd).id).toBe('1');
      const body = { slot_id: (await firstTime(oliver)).uuid, ...REMOTE };
      expect((await oliver.call('POST', '/appointments', body)).body).toHaveProperty(`data.${field}`);
    });

/** Told by the provider and of no use to a booking: it must change nothing. */
const isLetThrough = (field: string): Check => arrives(field, 'words', read('id', 1));

const TIME = '2023-11-07T05:31:56Z';
const ISO = '2023-11-07T05:31:56.000Z';

const succeeds: Check = () =>
  withDesk(async (desk) => {
    const trial = await desk.open();
    await desk.hand.fault('book', { answer: { status: 200, body: { success: false, message: 'No.' } } });
    expect(await trial.book()).toMatchObject({ is: 'unknown', isRefusal: true });
  });

const quotesMessage: Check = () =>
  withDesk(async (desk) => {
    const trial = await desk.open();
    const body = { success: false, message: 'The doctor is out.' };
    await desk.hand.fault('book', { answer: { status: 400, body } });
    const facts = { said: expect.stringContaining('The doctor is out.') };
    await expect(trial.book()).rejects.toMatchObject({ details: [expect.objectContaining(facts)] });
  });

export const CREATE_FIELDS: Readonly<Record<string, Check>> = {
  'header.Authorization': bearer,
  'body.slot_id': slotOfSearch,
  'body.client_id': byClientId,
  'body.client_remote_id': byClientRemoteId,
  'body.first_name': byPhone,
  'body.last_name': byEmail,
  'body.phone': byPhone,
  'body.email': byEmail,
  'body.patient_id': byPatientId,
  'body.patient_remote_id': byPatientRemoteId,
  'body.note': noteCarriesRef,
  'body.status': clinicDecides,
  'body.status=REQUESTED': statusOverrides('REQUESTED', 'pending'),
  'body.status=ACCEPTED': statusOverrides('ACCEPTED', 'confirmed'),
  'body.status=CONFIRMED': statusOverrides('CONFIRMED', 'confirmed'),
  'response.success': succeeds,
  'response.data': arrives('id', 123, { id: '123' }),
  'response.message': quotesMessage,
};

/** By the paths of the page's example of an answer. */
export const CREATE_ANSWER: Readonly<Record<string, Check>> = {
  success: succeeds,
  message: quotesMessage,
  'data.id': inTurn(arrives('id', 123, { id: '123' }), arrives('id', '123', { id: '123' })),
  'data.remote_id': arrives('remote_id', 'A-1', { externalId: 'A-1' }),
  'data.remote_client_id': isLetThrough('remote_client_id'),
  'data.remote_patient_id': isLetThrough('remote_patient_id'),
  'data.status': arrives('status', 'CONFIRMED', { status: 'CONFIRMED', phase: 'confirmed' }),
  'data.booking_date': arrives('booking_date', TIME, { startsAt: ISO }),
  'data.end_date': arrives('end_date', TIME, { endsAt: ISO }),
  ...Object.fromEntries(
    [
      ...['created_at', 'updated_at', 'referral_source', 'referral_campaign', 'referral_medium'],
      ...[
        'client_first_name',
        'client_last_name',
        'client_email',
        'client_phone',
        'client_type',
        'patient_name',
      ],
    ].map((field) => [`data.${field}`, isLetThrough(field)]),
  ),
};

/** By the beginnings of the page's sentences. */
export const CREATE_RULES: Readonly<Record<string, Check>> = {
  'Bearer authentication header of the form Bearer <token>': bearer,
  'Create an appointment using a time slot from the Search Open Times endpoint.': slotOfSearch,
  'Call Search Open Times to get available slots': slotOfSearch,
  'Use the uuid from a result as the slot_id in this request': slotOfSearch,
  'Identify the client and patient using one of the supported lookup methods': inTurn(
    byClientId,
    byPatientId,
  ),
  'Provide one of the following to identify the client:': oneClient,
  'client_id — internal Oliver ID': byClientId,
  'client_remote_id — PIMS remote ID': byClientRemoteId,
  'first_name + last_name + (phone or email) — name-based lookup': inTurn(byPhone, byEmail, wholeName),
  'Provide one of the following to identify the patient:': onePatient,
  'patient_id — internal Oliver ID': byPatientId,
  'patient_remote_id — PIMS remote ID': byPatientRemoteId,
  'The slot identifier returned from the Search Open Times endpoint': slotOfSearch,
  'The internal Oliver ID of the client.': inTurn(byClientId, oneClient),
  'The PIMS remote ID of the client. Alternative to client_id.': inTurn(byClientRemoteId, oneClient),
  'Client first name. Must be combined with last_name': wholeName,
  'Client last name. Must be combined with first_name': wholeName,
  'Client phone number. Used with first_name + last_name': byPhone,
  'Client email. Used with first_name + last_name': byEmail,
  'The internal Oliver ID of the patient.': inTurn(byPatientId, onePatient),
  'The PIMS remote ID of the patient. Alternative to patient_id.': inTurn(byPatientRemoteId, onePatient),
  'A note for the appointment.': noteCarriesRef,
  "Appointment status override. If omitted, the clinic's auto-accept setting": clinicDecides,
  "A human-readable message, e.g. 'Appointment created successfully'": quotesMessage,
};
