import { type ProviderName, type VendorName, vendorOf as vendorOfProvider } from '../booking/vendors';
import type { BookingRequest } from '../booking/schema/request';
import type { Scene } from './scene';

/** The requests of the demo. Its patient is made up. */

const USER_ID = '94e2d9f2-d600-4a23-9f08-536df378e2c7';
const LAB_TEST_ID = '5b41f610-ebc5-4803-8f0c-a61c3bdc7faf';
const LAB_TEST_AT_SITE_ID = 'c1d6b2f4-6c58-4b57-8a3e-0f5a4c9d2e11';
const NAME = { first: 'Ana', last: 'Reyes' };
const CONTACT = { phone: '+16025550123', email: 'ana@example.com' };
const ADDRESS = { city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' };
const STREET = 'West Lincoln Street';
const DOB = '1984-03-09';

const PATIENT = {
  userId: USER_ID,
  firstName: NAME.first,
  lastName: NAME.last,
  dob: DOB,
  gender: 'female',
  ...CONTACT,
  address: { firstLine: STREET, ...ADDRESS },
} as const satisfies BookingRequest['patient'];

/** A patient who lives where the provider has no slots, so that it agrees the time with patients by phone. */
export const PATIENT_BY_PHONE: BookingRequest['patient'] = {
  ...PATIENT,
  address: { firstLine: '9 Main Street', city: 'Holmen', state: 'WI', zip: '54650', country: 'US' },
};

/** What a request to each provider holds besides windows and names. */
const ASKED_OF: Readonly<Record<ProviderName, Partial<BookingRequest>>> = {
  'junction-phlebotomy': { patient: PATIENT, order: { labTestIds: [LAB_TEST_ID] } },
  'junction-psc': {
    patient: PATIENT,
    order: { labTestIds: [LAB_TEST_AT_SITE_ID] },
    site: { lab: 'quest', zip: '10001', radiusMiles: 25 },
    preference: 'closest',
  },
  oliver: {
    appointmentType: 'wellness',
    client: { remoteId: 'C-1001' },
    patient: { remoteId: 'P-77' },
    notes: 'Annual vaccines',
  },
};

/** An order that a caller of ours places at Junction, for a booking to adopt. */
export const ORDER_BODY = {
  user_id: USER_ID,
  patient_details: {
    first_name: NAME.first,
    last_name: NAME.last,
    dob: DOB,
    gender: 'female',
    phone_number: CONTACT.phone,
    email: CONTACT.email,
  },
  patient_address: { receiver_name: `${NAME.first} ${NAME.last}`, first_line: STREET, ...ADDRESS },
  order_set: { lab_test_ids: [LAB_TEST_ID] },
  collection_method: 'at_home_phlebotomy',
} as const;

/** Returns the account of a scene, named after it. */
export function accountOf({ name }: Scene): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** Returns the provider of a scene. */
export function providerOf({ request }: Scene): ProviderName {
  return request?.provider ?? 'junction-phlebotomy';
}

/** Returns the vendor whose sandbox a scene needs. */
export function vendorOf(scene: Scene): VendorName {
  return vendorOfProvider(providerOf(scene));
}

/** Returns a scene's request. `adoptedOrderId` is null when the booking places its order or needs none. */
export function requestOf(scene: Scene, adoptedOrderId: string | null): Partial<BookingRequest> {
  const provider = providerOf(scene);
  return {
    provider,
    account: accountOf(scene),
    reference: accountOf(scene),
    windows: [{ from: '+3d', to: '+12d' }],
    ...ASKED_OF[provider],
    ...(adoptedOrderId !== null && { order: { id: adoptedOrderId, onFailure: scene.adopts ?? 'keep' } }),
    ...scene.request,
  };
}
