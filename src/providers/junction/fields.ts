/**
 * Maps Junction's names of request fields to ours, so that a refusal can say which field of the booking request is at
 * fault. Keys are FastAPI `loc` paths; the longest key that begins the given path counts.
 */
const FIELDS: Readonly<Record<string, string>> = {
  'body.user_id': 'patient.userId',
  'body.patient_details': 'patient',
  'body.patient_details.first_name': 'patient.firstName',
  'body.patient_details.last_name': 'patient.lastName',
  'body.patient_details.dob': 'patient.dob',
  'body.patient_details.gender': 'patient.gender',
  'body.patient_details.phone_number': 'patient.phone',
  'body.patient_details.email': 'patient.email',
  'body.patient_details.medical_proxy': 'patient.medicalProxy',
  'body.patient_address': 'patient.address',
  'body.patient_address.receiver_name': 'patient.firstName',
  'body.patient_address.first_line': 'patient.address.firstLine',
  'body.patient_address.second_line': 'patient.address.secondLine',
  'body.patient_address.city': 'patient.address.city',
  'body.patient_address.state': 'patient.address.state',
  'body.patient_address.zip': 'patient.address.zip',
  'body.patient_address.country': 'patient.address.country',
  'body.patient_address.access_notes': 'patient.address.accessNotes',
  'body.patient_address.phone_number': 'patient.phone',
  'body.order_set': 'order.labTestIds',
  'body.collection_method': 'order.labTestIds',
  // The body of an at-home search is an address.
  'body.first_line': 'patient.address.firstLine',
  'body.second_line': 'patient.address.secondLine',
  'body.city': 'patient.address.city',
  'body.state': 'patient.address.state',
  'body.zip_code': 'patient.address.zip',
  'body.access_notes': 'patient.address.accessNotes',
  // So is part of a request for a visit.
  'body.address': 'patient.address',
  'body.address.first_line': 'patient.address.firstLine',
  'body.address.second_line': 'patient.address.secondLine',
  'body.address.city': 'patient.address.city',
  'body.address.state': 'patient.address.state',
  'body.address.zip_code': 'patient.address.zip',
  'body.address.access_notes': 'patient.address.accessNotes',
  'body.booking_key': 'slot.key',
  'body.appointment_notes': 'notes',
  'query.lab': 'site.lab',
  'query.zip_code': 'site.zip',
  'query.radius': 'site.radiusMiles',
  'query.site_codes': 'site.siteCodes',
  'query.start_date': 'windows',
  'path.order_id': 'order.id',
};

/** For refusals that name the field only in prose. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/first[ _]name/i, 'patient.firstName'],
  [/last[ _]name/i, 'patient.lastName'],
  [/\bdob\b|date of birth|birth date/i, 'patient.dob'],
  [/medical[ _]proxy/i, 'patient.medicalProxy'],
  [/\bphone/i, 'patient.phone'],
  [/\be-?mail/i, 'patient.email'],
  [/\bzip/i, 'patient.address.zip'],
];

/** What is right in a field, where Junction's own rule is known (docs/providers.md#placing-an-order). */
const HINTS: Readonly<Record<string, string>> = {
  'patient.firstName':
    'Up to 50 characters that Junction accepts; it refuses some letters, such as accented ones.',
  'patient.lastName':
    'Up to 50 characters that Junction accepts; it refuses some letters, such as accented ones.',
  'patient.dob': 'A calendar date like 1984-03-09; a minor needs patient.medicalProxy.',
  'patient.userId': 'The id of a user that exists at Junction.',
  'patient.address.zip': 'A US ZIP code like 85004 or 85004-1234.',
  'order.labTestIds': "Ids of the account's lab tests whose collection method is this provider's.",
  notes: 'At most 1,000 characters with our reference.',
};

/** A plain name. Anything else in a path may be a value, and values are not repeated. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,60}$/;

/** Returns the booking request's field that a FastAPI `loc` points at. */
export function fieldOfLoc(loc: readonly (string | number)[]): string | undefined {
  for (let length = loc.length; length > 1; length--) {
    const path = loc.slice(0, length).join('.');
    if (Object.hasOwn(FIELDS, path)) return FIELDS[path];
  }
  return undefined;
}

/**
 * Returns the field of `order.extra` that a new order's `loc` points at: fields that the table does not name come from
 * it.
 */
export function fieldOfExtra([where, first]: readonly (string | number)[]): string | undefined {
  return where === 'body' && typeof first === 'string' && NAME.test(first)
    ? `order.extra.${first}`
    : undefined;
}

/** Returns the booking request's field that a sentence names. */
export function fieldOfText(text: string): string | undefined {
  return WORDS.find(([pattern]) => pattern.test(text))?.[1];
}

/** Returns what is right in a field of the booking request; never quotes a value. */
export function hintOf(field: string | undefined): string | undefined {
  return field !== undefined && Object.hasOwn(HINTS, field) ? HINTS[field] : undefined;
}
