import type { PlainRequest } from './plain/workflows';

/** What every arm books: a visit at home that the provider confirms at once. */

/** The provider's accounts, each at a stand-in of its own. */
export const ACCOUNTS = {
  /** Answers at once, and may book before the requisition, which is there at once too. */
  prompt: { answerMs: 0, requisitionMs: 0 },
  /** The same, but each answer takes 50 ms. */
  slow: { answerMs: 50, requisitionMs: 0 },
  /** Must wait for the requisition, which comes a second after the order. */
  waits: { answerMs: 0, requisitionMs: 1_000 },
  /** Reserves what is booked, and confirms it when it is told to. There is no requisition, and time is as at the vendor. */
  reserves: { answerMs: 0, requisitionMs: null },
  /** Has the default pace of an account; the others are not held back. */
  paced: { answerMs: 0, requisitionMs: 0 },
} as const;
export type Account = keyof typeof ACCOUNTS;

export const API_KEY = 'sk_us_bench';
/** The key of our own API, and its holder. */
export const CALLER = { name: 'bench', secret: 'bench-secret-0123456789' };
export const WEBHOOK_SECRET = 'whsec_YmVuY2gtd2ViaG9vay1zZWNyZXQtMDAwMDAwMDAx';

const PATIENT = {
  userId: '94e2d9f2-d600-4a23-9f08-536df378e2c7',
  firstName: 'Ana',
  lastName: 'Reyes',
  dob: '1984-03-09',
  gender: 'female',
  phone: '+16025550123',
  email: 'ana@example.com',
  address: { firstLine: 'West Lincoln Street', city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' },
};
const LAB_TEST_IDS = ['5b41f610-ebc5-4803-8f0c-a61c3bdc7faf'];
const FIRST_DAY = 2;

/** As our own saga takes it. */
export function requestAt(account: Account) {
  return {
    provider: 'junction-phlebotomy',
    account,
    patient: PATIENT,
    order: { labTestIds: LAB_TEST_IDS },
    windows: [{ from: `+${FIRST_DAY}d`, to: '+9d' }],
  };
}

/** As the plain saga takes it. */
export function plainRequestAt(account: Account): PlainRequest {
  return { account, patient: PATIENT, labTestIds: LAB_TEST_IDS, daysAhead: FIRST_DAY };
}

/** One at the other provider. */
export const PRACTICE_REQUEST = {
  provider: 'oliver',
  account: 'default',
  appointmentType: 'wellness',
  client: { remoteId: 'C-1001' },
  patient: { remoteId: 'P-77' },
  windows: [{ from: `+${FIRST_DAY}d`, to: '+9d' }],
};
