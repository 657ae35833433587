import { newId, type Context } from './context';
import { REFUSALS, refuseInput } from './errors';
import type { ClientRecord, PatientRecord, Practice } from './state';
import type { ClientsQuery, CreateAppointment, PatientsQuery } from './validation';

/** Clients and patients: found by search, and named in a create. Each practice sees its own. */

/** The clients that fit every filter: part of the name, the email, the phone's digits. */
export function findClients(context: Context, practice: Practice, query: ClientsQuery): ClientRecord[] {
  const { name = '', email, phone } = query;
  return clientsOf(context, practice).filter(
    (client) =>
      lower(fullName(client)).includes(lower(name)) &&
      (email === undefined || sameEmail(client, email)) &&
      (phone === undefined || samePhone(client, phone)),
  );
}

/** The client of an id, or 400: the contract has no 404 here. */
export function clientOf(context: Context, practice: Practice, id: string): ClientRecord {
  return one(clientsOf(context, practice), (client) => client.id === id, REFUSALS.noClient);
}

/** The patient of an id, or 400. */
export function patientOf(context: Context, practice: Practice, id: string): PatientRecord {
  return one(patientsIn(context, practice), (patient) => patient.id === id, REFUSALS.noPatient);
}

/** A client's patients, narrowed by part of the name. */
export function findPatients(context: Context, practice: Practice, query: PatientsQuery): PatientRecord[] {
  const client = clientOf(context, practice, query.client_id);
  return patientsOf(context, client).filter(({ name }) => lower(name).includes(lower(query.name ?? '')));
}

/** All patients of a client. */
export function patientsOf(context: Context, client: ClientRecord): PatientRecord[] {
  return context.state.patients.filter(({ clientId }) => clientId === client.id);
}

/** `Ana Reyes`. */
export function fullName({ firstName, lastName }: ClientRecord): string {
  return `${firstName} ${lastName}`;
}

/** The client that a create names, in exactly one form (seed: Client Identification). */
export function namedClient(context: Context, practice: Practice, body: CreateAppointment): ClientRecord {
  const named = [body.first_name, body.last_name, body.phone, body.email].some(isGiven);
  const forms = [isGiven(body.client_id), isGiven(body.client_remote_id), named].filter(Boolean).length;
  if (forms === 0) throw REFUSALS.noClientForm();
  if (forms > 1) throw REFUSALS.severalClientForms();
  const matches = named ? byName(body) : byId(body.client_id, body.client_remote_id);
  return one(clientsOf(context, practice), matches, REFUSALS.noClient, REFUSALS.severalClients);
}

/** The patient that a create names, in exactly one form; it must be the client's (seed: Patient Identification). */
export function namedPatient(context: Context, client: ClientRecord, body: CreateAppointment): PatientRecord {
  const forms = [body.patient_id, body.patient_remote_id].filter(isGiven).length;
  if (forms === 0) throw REFUSALS.noPatientForm();
  if (forms > 1) throw REFUSALS.severalPatientForms();
  const matches = byId(body.patient_id, body.patient_remote_id);
  const patient = one(patientsIn(context, client.practice), matches, REFUSALS.noPatient);
  if (patient.clientId !== client.id) throw REFUSALS.notTheirPatient();
  return patient;
}

/** Adds a client, and gives it its id. */
export function addClient(context: Context, client: Omit<ClientRecord, 'id'>): ClientRecord {
  const added = { id: newId(context), ...client };
  context.state.clients.push(added);
  return added;
}

/** Adds a patient, and gives it its id. */
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

/** Digits only, and without the country's 1: people write phone numbers in many ways. */
function samePhone(client: ClientRecord, phone: string): boolean {
  const digits = (text: string): string => text.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');
  return client.phone !== null && digits(client.phone) === digits(phone);
}
