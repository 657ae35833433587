import { AT_HOME_TEST } from '../support/sandbox';

/** A patient whose every word is found again when it leaks: none of them occurs by chance in a history. */
export const PATIENT = {
  userId: '0b7f4ed1-3c55-4d7a-9a51-7f0f5b0c8e21',
  firstName: 'Wilhelmina',
  lastName: 'Oddsworthy',
  dob: '1961-11-23',
  gender: 'female',
  phone: '+16025550187',
  email: 'w.oddsworthy@patients.example',
  address: {
    firstLine: '4417 Quartzite Hollow',
    city: 'Phoenix',
    state: 'AZ',
    zip: '85004',
    country: 'US',
    accessNotes: 'Gate 9931 behind the saguaro',
  },
};

export const NOTES = 'Faints at the sight of blood';

/** The same patient as the body of an order that the account's owner places. */
export const PATIENT_ON_THE_WIRE = {
  user_id: PATIENT.userId,
  patient_details: {
    first_name: PATIENT.firstName,
    last_name: PATIENT.lastName,
    dob: PATIENT.dob,
    gender: PATIENT.gender,
    phone_number: PATIENT.phone,
    email: PATIENT.email,
  },
  patient_address: {
    first_line: PATIENT.address.firstLine,
    city: PATIENT.address.city,
    state: PATIENT.address.state,
    zip: PATIENT.address.zip,
    country: PATIENT.address.country,
    access_notes: PATIENT.address.accessNotes,
  },
  order_set: { lab_test_ids: [AT_HOME_TEST] },
};

const WORDS: Readonly<Record<string, string>> = {
  'user id': PATIENT.userId,
  'first name': PATIENT.firstName,
  'last name': PATIENT.lastName,
  'date of birth': PATIENT.dob,
  phone: PATIENT.phone.slice(2),
  email: 'patients.example',
  street: 'Quartzite Hollow',
  'access notes': 'behind the saguaro',
  notes: NOTES,
};

/** Two levels: a payload's bytes are base64 in a history's JSON, and may hold base64 themselves. */
const LEVELS = 2;
const BASE64 = /[A-Za-z0-9+/_-]{12,}={0,2}/g;

/** What of the patient can be read in a text, base64 in it read too. Names the fields, never what they hold. */
export function readableOf(text: string): string[] {
  const texts = [text];
  for (let level = 0; level < LEVELS; level += 1) texts.push(decodedIn(texts.at(-1) ?? ''));
  const all = texts.join('\n').toLowerCase();
  return Object.entries(WORDS)
    .filter(([, word]) => all.includes(word.toLowerCase()))
    .map(([field]) => field);
}

function decodedIn(text: string): string {
  return [...text.matchAll(BASE64)]
    .map(([code]) => Buffer.from(code, 'base64').toString('latin1'))
    .join('\n');
}
