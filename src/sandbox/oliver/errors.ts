import type { BodyRefusals } from '../bodies';

/** An answer that refuses a call: `{success: false, message}` (contract: GeneralError and SignInError). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const refusal = (status: number, message: string) => (): Refusal => new Refusal(status, message);

/**
 * The refusals of calls. The statuses are the contract's. The contract gives no texts, so these are ours, one for
 * each cause. A taken slot and an unusable slot have the same answer, because a caller treats both the same
 * (docs/providers.md#answers-of-oliver: the answer for a taken slot is unknown).
 */
export const REFUSALS = {
  badSignIn: refusal(401, 'Incorrect email or password'),
  badRole: refusal(400, 'role must be ROLE_API'),
  badToken: refusal(401, 'Invalid or expired token'),
  noLocation: refusal(400, 'X-Client-Id header is required'),
  badLocation: refusal(401, 'You do not have access to this location'),
  slotGone: refusal(400, 'This time slot is no longer available'),
  badSlot: refusal(400, 'Invalid slot_id'),
  noClientForm: refusal(
    400,
    'Provide client_id, client_remote_id, or first_name and last_name with phone or email',
  ),
  severalClientForms: refusal(400, 'Provide exactly one way to identify the client'),
  noPatientForm: refusal(400, 'Provide patient_id or patient_remote_id'),
  severalPatientForms: refusal(400, 'Provide exactly one way to identify the patient'),
  noClient: refusal(400, 'Client not found'),
  severalClients: refusal(400, 'More than one client matches'),
  noPatient: refusal(400, 'Patient not found'),
  notTheirPatient: refusal(400, 'The patient does not belong to this client'),
  noTask: refusal(404, 'Staff task not found'),
  noAppointment: refusal(404, 'Appointment not found'),
} as const;

/** Returns a 400 that says what is wrong with a field, without its value. */
export function refuseInput(message: string): Refusal {
  return new Refusal(400, message);
}

/** Refusals of bodies and queries that are not text or not JSON. */
export const UNREADABLE: BodyRefusals = {
  notUtf8: refusal(400, 'The body is not valid UTF-8'),
  notJson: refusal(400, 'The body is not valid JSON'),
  illFormed: (path) => refuseInput(`${path.join('.') || 'body'}: must be well-formed Unicode`),
  badQuery: refusal(400, 'The query is not valid UTF-8'),
};
