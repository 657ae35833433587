import { isSameEmail } from '../../booking/email';
import { Failure } from '../../booking/failures';
import { isSameName } from '../../booking/person-names';
import { hasExtension, isSamePhone, plainPhone } from '../../booking/phone';
import type { Party as Named } from '../../booking/request-parts';
import { unclear } from '../http';
import type { Call } from '../provider';
import { isWhole, readable } from '../reading';
import { demand, detached, type Session } from './session';
import { orAborted, sharedWork } from './shared-work';
import { clientsWire, clientWire, patientsWire, type ClientWire, type PatientWire } from './wire';

/** Finds the request's client and patient at Oliver, before anything is searched or booked. */

export interface Person {
  /** Oliver's own id; null when only the remote id is known. */
  id: string | null;
  /** The id in the practice's own system (PIMS). */
  remoteId: string | null;
  name: string | null;
}

export interface Party {
  client: KnownClient;
  patient: Person;
}

/** A client with an id, and whether the practice has another name or contact for it than the request. */
type KnownClient = Person & { id: string; isNamedOtherwise: boolean };

type NamedClient = NonNullable<Named['client']>;

/**
 * Finds the party of a request. Throws `client_not_found` or `patient_not_found`, naming the field, and
 * `invalid_request` when more than one client matches the request.
 */
export type Resolve = (call: Call, request: Named) => Promise<Party>;

/** How long a found party is reused, in ms: names and remote ids hardly change, and polls ask for them. */
const PARTY_TTL_MS = 10 * 60_000;

/** How long a list of clients is reused, in ms: finding one by remote id needs all of a practice's clients. */
const CLIENTS_TTL_MS = 60_000;

/**
 * Creates the resolver of parties. It shares its reads: a thousand bookings by remote id read the practice's clients
 * once.
 */
export function createResolve(session: Session): Resolve {
  const parties = sharedWork<Party>(PARTY_TTL_MS, session.steady);
  const lists = sharedWork<(ClientWire | null)[]>(CLIENTS_TTL_MS, session.steady);
  const listClients: ListClients = async (call, filter, isWanted) => {
    const key = JSON.stringify([call.account, filter]);
    let looks = 0;
    const read = () => {
      looks += 1;
      return demand(session, call, 'list_clients', clientsWire, { query: filter });
    };
    const kept = await lists.get(key, read);
    const found = foundIn(kept, isWanted);
    if (found.clients.length > 0 || looks > 0) return found;
    // A kept list misses a client who signed up a moment ago, so a client counts as unknown only after a new look.
    lists.drop(key, kept);
    return foundIn(await lists.get(key, read), isWanted);
  };
  return (call, request) => {
    const key = JSON.stringify([
      call.account,
      request.client,
      request.patient?.id,
      request.patient?.remoteId,
    ]);
    const shared = detached(call);
    const party = parties.get(key, async () => {
      const client = await findClient(session, shared, request, listClients);
      const isNamedOtherwise = !isNamedAlike(client, request.client);
      const patient = await findPatient(session, shared, request, client.id);
      return { client: { ...toPerson(client), isNamedOtherwise }, patient };
    });
    return orAborted(party, call.signal);
  };
}

/**
 * Returns an empty list if all entries could be read; else fails, because an unreadable entry may be the one that is
 * meant.
 */
function noneOf(isAllRead: boolean): [] {
  if (isAllRead) return [];
  throw unclear('read', 'an entry of the list of clients or patients cannot be read');
}

/** The clients found on a list, and whether all of the list could be read. */
interface Found {
  clients: ClientWire[];
  isWhole: boolean;
}

function foundIn(list: readonly (ClientWire | null)[], isWanted: (client: ClientWire) => boolean): Found {
  return { clients: readable(list).filter(isWanted), isWhole: isWhole(list) };
}

/** Lists the practice's clients that pass a filter of the contract (or all of them), and returns the wanted ones. */
type ListClients = (
  call: Call,
  filter: { name?: string; email?: string; phone?: string },
  isWanted: (client: ClientWire) => boolean,
) => Promise<Found>;

/** Finds the client by the form that the request uses. The request check has made sure that it is exactly one. */
async function findClient(
  session: Session,
  call: Call,
  { client = {} }: Named,
  listClients: ListClients,
): Promise<ClientWire> {
  if (client.id !== undefined) {
    const found = await demand(session, call, 'read_client', clientWire, { id: String(client.id) });
    return theOnly(found ? [found] : [], 'client.id');
  }
  if (client.remoteId !== undefined) {
    // There is no filter for it (contract: paths), so all of the practice's clients are read.
    const isNamed = ({ remote_id }: ClientWire) => remote_id === client.remoteId;
    const { clients, isWhole: isAllRead } = await listClients(call, {}, isNamed);
    return theOnly(clients.length > 0 ? clients : noneOf(isAllRead), 'client.remoteId');
  }
  return theOnly(await findByName(call, client, listClients), 'client');
}

/**
 * Finds clients by name, with a contact that must agree. Both are compared here, because how Oliver compares is
 * [unknown], names and phone numbers have many spellings, and a practice may have O’Brien where the request says
 * O'Brien. If the name as the request spells it finds nobody, the search goes on with what depends less on spelling:
 * the contact, and then a part of the name. An unreadable entry matters only if no search finds anybody.
 */
async function findByName(call: Call, client: NamedClient, listClients: ListClients): Promise<ClientWire[]> {
  const { email, phone } = client;
  const name = fullName(client.firstName, client.lastName);
  if (name === null) return [];
  const isMeant = (one: ClientWire) => isSameName(one.name, name) && sharesContact(one, client);
  const part = plainPart(name);
  const others = [
    email && { email },
    phone && { phone: plainPhone(phone) },
    part !== name && part && { name: part },
  ];
  let isAllRead = true;
  for (const filter of [{ name }, ...others]) {
    if (!filter) continue;
    const found = await listClients(call, filter, isMeant);
    if (found.clients.length > 0) return found.clients;
    isAllRead &&= found.isWhole;
  }
  return noneOf(isAllRead);
}

/** Returns the longest run of a name's plain letters: `Brien` of O'Brien. Returns null when no two stand together. */
function plainPart(name: string): string | null {
  const runs = name.match(/[a-z]{2,}/gi) ?? [];
  return runs.toSorted((one, other) => other.length - one.length)[0] ?? null;
}

function theOnly(found: ClientWire[], field: string): ClientWire {
  const ids = new Set(found.map(({ id }) => id));
  if (ids.size > 1) {
    throw new Failure('invalid_request', {
      field,
      hint: 'More than one client of the practice matches: name the client by id (or a remoteId that only one has).',
    });
  }
  const [client] = found;
  if (client) return client;
  throw new Failure('client_not_found', { field });
}

/**
 * Finds the patient among the client's. The contract shows no remote id there. If none of them has one, the request's
 * remote id is used as it is, and create says if it is wrong.
 */
async function findPatient(
  session: Session,
  call: Call,
  { patient }: Named,
  clientId: string,
): Promise<Person> {
  const listed = await demand(session, call, 'list_patients', patientsWire, {
    query: { client_id: clientId },
  });
  const all = readable(listed);
  const { id, remoteId } = patient ?? {};
  const found =
    id !== undefined
      ? all.find((one) => one.id === String(id))
      : all.find((one) => one.remote_id === remoteId);
  if (found) return toPerson(found);
  // Unreadable entries do not matter here: the remote id names the same patient in any case.
  const tellsNone = all.length > 0 && all.every((one) => !one.remote_id);
  if (id === undefined && tellsNone && remoteId) return { id: null, remoteId, name: null };
  noneOf(isWhole(listed));
  throw new Failure('patient_not_found', { field: id !== undefined ? 'patient.id' : 'patient.remoteId' });
}

function toPerson({ id, remote_id, name }: ClientWire | PatientWire): Person & { id: string } {
  return { id, remoteId: remote_id ?? null, name: name ?? null };
}

/** Returns first and last name as one; null when neither is there. */
export function fullName(
  firstName: string | null | undefined,
  lastName: string | null | undefined,
): string | null {
  return [firstName, lastName].filter(Boolean).join(' ') || null;
}

function sharesContact(wire: ClientWire, { phone, email }: NamedClient): boolean {
  return isSamePhone(wire.phone, phone) || isSameEmail(wire.email, email);
}

/** Returns true when the practice has the client under exactly the name and contact that the request gives. */
function isNamedAlike(wire: ClientWire, client: NamedClient = {}): boolean {
  const name = fullName(client.firstName, client.lastName);
  if (name === null) return true;
  const isPhone = client.phone === undefined || isPhoneAlike(wire.phone, client.phone);
  const isEmail = client.email === undefined || isSameEmail(wire.email, client.email);
  return wire.name === name && isPhone && isEmail;
}

/**
 * Returns true when Oliver may be expected to find one number by the other: they are the same, and both or neither have
 * an extension.
 */
function isPhoneAlike(onRecord: string | null | undefined, phone: string): boolean {
  return isSamePhone(onRecord, phone) && hasExtension(onRecord ?? '') === hasExtension(phone);
}

/** An id that create can take: the contract has an integer there. */
const INTEGER = /^(?:0|[1-9]\d{0,18})$/;

/**
 * Returns how a create names the client: as the request does, unless the practice has another name or contact. What
 * Oliver does with a name that it does not find is [unknown] (it may make a second client), so then the found client is
 * named by id.
 */
export function namedAs(client: Named['client'], found: KnownClient): Named['client'] {
  if (!found.isNamedOtherwise) return client;
  if (INTEGER.test(found.id)) return { id: found.id };
  return found.remoteId === null ? client : { remoteId: found.remoteId };
}
