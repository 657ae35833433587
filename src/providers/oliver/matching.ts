import { isSameName, isSameSpelling } from '../../booking/person-names';
import { fullName, type Party, type Person } from './people';
import type { AppointmentWire } from './wire';

/** Decides whose appointment a row of the list is. Other people's rows stay inside the adapter. */

/** How far a clinic may move an appointment. A row further away is another visit of the same patient. */
const AROUND_MS = 7 * 86_400_000;

type Answer = 'same' | 'near' | 'other' | 'unsaid';

/**
 * Tells whether a row belongs to this client and patient: `theirs`, `near` when a name is only nearly the same and
 * nothing else tells, or `others`. The list has remote ids (only if the practice's own system knows them) and names,
 * never Oliver's ids (docs/providers.md#the-list-of-appointments). So remote ids decide if both sides have one, else
 * names. A field that the row leaves out does not speak against it, as long as the row names the client or, by remote
 * id, the patient.
 *
 * Two clients may be called José Ek and Jose Ek, and the list has no contact to tell them apart. So a near row is
 * shown, lest one of ours is overlooked, but it does not prove that the appointment is ours.
 */
export function ownerOf(party: Party, row: AppointmentWire): 'theirs' | 'near' | 'others' {
  const client = compare(party.client, row.remote_client_id, nameOf(row));
  const patient = compare(party.patient, row.remote_patient_id, row.patient_name ?? null);
  if (client === 'other' || patient === 'other') return 'others';
  if (client === 'unsaid' && (patient === 'unsaid' || !row.remote_patient_id)) return 'others';
  const isPatientById = Boolean(row.remote_patient_id && party.patient.remoteId);
  return !isPatientById && (client === 'near' || patient === 'near') ? 'near' : 'theirs';
}

/** Returns true when a row starts near an instant (RFC 3339), or may do so because its start cannot be read. */
export function isAround(startsAt: string | null, instant: string | null, withinMs = AROUND_MS): boolean {
  if (startsAt === null || instant === null) return true;
  return Math.abs(Date.parse(startsAt) - Date.parse(instant)) <= withinMs;
}

function compare(person: Person, remoteId: string | null | undefined, name: string | null): Answer {
  if (remoteId && person.remoteId) return remoteId === person.remoteId ? 'same' : 'other';
  if (!name || !person.name) return 'unsaid';
  if (isSameSpelling(name, person.name)) return 'same';
  return isSameName(name, person.name) ? 'near' : 'other';
}

function nameOf(row: AppointmentWire): string | null {
  return fullName(row.client_first_name, row.client_last_name);
}
