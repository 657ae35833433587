import { newId, type Context } from './context';
import { REFUSALS, refuseInput } from './errors';
import type { ClientRecord, PatientRecord, Practice } from './state';
import type { ClientsQuery, CreateAppointment, PatientsQuery } from './validation';

/** Finds clients and patients by search, and those that a create names. Each practice sees only its own. */

/** Returns the clients that fit every filter: part of the name, the email, the phone's digits. */
export function findClients(context: Context, practice: Practice, query: ClientsQuery): ClientRecord[] {
  const { name = '', email, phone } = query;
  return clientsOf(context, practice).filter(
    (client) =>
      lower(fullName(client)).includes(lower(name)) &&
      (email === undefined || sameEmail(client, email)) &&
      (phone === undefined || samePhone(client, phone)),
  );
}

/** Returns the client of an id. Refuses with 400 when there is none: the contract has no 404 here. */
export function clientOf(context: Context, practice: Practice, id: string): ClientRecord {
  return one(clientsOf(context, practice), (client) => client.id === id, REFUSALS.noClient);
}

/** Returns the patient of an id. Refuses with 400 when there is none. */
export function patientOf(context: Context, practice: Practice, id: string): PatientRecord {
  return one(patientsIn(context, practice), (patient) => patient.id === id, REFUSALS.noPatient);
}

/** Returns a client's patients whose names contain the name asked for. */
export function findPatients(context: Context, practice: Practice, query: PatientsQuery): PatientRecord[] {
  const client = clientOf(context, practice, query.client_id);
  return patientsOf(context, client).filter(({ name }) => lower(name).includes(lower(query.name ?? '')));
}

/** Returns all patients of a client. */
export function patientsOf(context: Context, client: ClientRecord): PatientRecord[] {
  return context.state.patients.filter(({ clientId }) => clientId === client.id);
}

/** Returns a client's full name, e.g. `Ana Reyes`. */
export function fullName({ firstName, lastName }: ClientRecord): string {
  return `${firstName} ${lastName}`;
}

/** Returns the client that a create names. Refuses a create without exactly one form (seed: Client Identification). */
export function namedClient(context: Context, practice: Practice, body: CreateAppointment): ClientRecord {
  const named = [body.first_name, body.last_name, body.phone, body.email].some(isGiven);
  const forms = [isGiven(body.client_id), isGiven(body.client_remote_id), named].filter(Boolean).length;
  if (forms === 0) throw REFUSALS.noClientForm();
  if (forms > 1) throw REFUSALS.severalClientForms();
  const matches = named ? byName(body) : byId(body.client_id, body.client_remote_id);
  return one(clientsOf(context, practice), matches, REFUSALS.noClient, REFUSALS.severalClients);
}

/**
 * Returns the patient that a create names. Refuses a create without exactly one form, and a patient of another client
 * (seed: Patient Identification).
 */
export function namedPatient(context: Context, client: ClientRecord, body: CreateAppointment): PatientRecord {
  const forms = [body.patient_id, body.patient_remote_id].filter(isGiven).length;
  if (forms === 0) throw REFUSALS.noPatientForm();
  if (forms > 1) throw REFUSALS.severalPatientForms();
  const matches = byId(body.patient_id, body.patient_remote_id);
  const patient = one(patientsIn(context, client.practice), matches, REFUSALS.noPatient);
  if (patient.clientId !== client.id) throw REFUSALS.notTheirPatient();
  return patient;
}

/** Adds a client and gives it an id. */
export function addClient(context: Context, client: Omit<ClientRecord, 'id'>): ClientRecord {
  const added = { id: newId(context), ...client };
  context.state.clients.push(added);
  return added;
}

/** Adds a patient and gives it an id. */
export function addPatient(context: Context, patient: Omit<PatientRecord, 'id'>): PatientRecord {
  const added = { id: newId(context), ...patient };
  context.state.patients.push(added);
  return added;
}

function byName(body: CreateAppointment): (client: ClientRecord) => boolean {
  const { first_name: first, last_name: last, phone, email } = body;
  if (!first || !last) throw refuseInput('first_name and last_name must be given together');
  if (!phone && !email) throw refuseInput('first_name and last_name need phone or email beside them');
  return (client) =>
    lower(client.firstName) === lower(first) &&
    lower(client.lastName) === lower(last) &&
    (!phone || samePhone(client, phone)) &&
    (!email || sameEmail(client, email));
}

function byId(id: string | undefined, remoteId: string | undefined) {
  return (record: { id: string; remoteId: string | null }): boolean =>
    id === undefined ? record.remoteId === remoteId : record.id === id;
}

function one<T>(
  among: T[],
  matches: (item: T) => boolean,
  missing: () => Error,
  several: () => Error = missing,
): T {
  const [found, another] = among.filter(matches);
  if (found === undefined) throw missing();
  if (another !== undefined) throw several();
  return found;
}

function clientsOf(context: Context, practice: Practice): ClientRecord[] {
  return context.state.clients.filter((client) => client.practice === practice);
}

function patientsIn(context: Context, practice: Practice): PatientRecord[] {
  return clientsOf(context, practice).flatMap((client) => patientsOf(context, client));
}

function isGiven(value: unknown): boolean {
  return value !== undefined;
}

function lower(text: string): string {
  return text.trim().toLowerCase();
}

function sameEmail(client: ClientRecord, email: string): boolean {
  return client.email !== null && lower(client.email) === lower(email);
}

/** Compares only digits, without the country's 1, because people write phone numbers in many ways. */
function samePhone(client: ClientRecord, phone: string): boolean {
  const digits = (text: string): string => text.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');
  return client.phone !== null && digits(client.phone) === digits(phone);
}
