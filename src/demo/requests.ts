import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ProviderName,
  PROVIDERS,
  providerFacts,
  type VendorName,
  vendorOf as vendorOfProvider,
} from '../booking/vendors';
import type { BookingRequest } from '../booking/schema/request';
import type { Scene } from './scene';

/** The requests of the demo. Its patient is made up. */

const USER_ID = '94e2d9f2-d600-4a23-9f08-536df378e2c7';
const LAB_TEST_ID = '5b41f610-ebc5-4803-8f0c-a61c3bdc7faf';
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

/** The fields of an example that say when and how it is booked: scenes have their own. */
const OF_A_SCENE: readonly string[] = [
  ...['provider', 'account', 'reference', 'windows', 'limits', 'policy', 'confirmation'],
];

/** Returns what the example of a provider asks for: whom to visit, and what for. */
function askedOf(provider: ProviderName): Partial<BookingRequest> {
  const path = join(__dirname, '../../examples', providerFacts(provider).example);
  // A test holds the examples to the form of a request.
  const example = JSON.parse(readFileSync(path, 'utf8')) as Partial<BookingRequest>;
  return Object.fromEntries(Object.entries(example).filter(([field]) => !OF_A_SCENE.includes(field)));
}

/** An order that a caller of ours places at the provider, for a booking to adopt. */
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

/** The provider of a scene that names none. */
const [USUAL_PROVIDER] = PROVIDERS;

/** Returns the provider of a scene. */
export function providerOf({ request }: Scene): ProviderName {
  return request?.provider ?? USUAL_PROVIDER;
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
    ...askedOf(provider),
    ...(adoptedOrderId !== null && { order: { id: adoptedOrderId, onFailure: scene.adopts ?? 'keep' } }),
    ...scene.request,
  };
}
