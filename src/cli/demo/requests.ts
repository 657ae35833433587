import type { BookingRequest } from '../../booking/schema/request';
import type { Scene } from './scene';

/** The requests of the demo. Its patient is made up. */

const USER_ID = '94e2d9f2-d600-4a23-9f08-536df378e2c7';
const LAB_TEST_ID = '5b41f610-ebc5-4803-8f0c-a61c3bdc7faf';
const NAME = { first: 'Ana', last: 'Reyes' };
const CONTACT = { phone: '+16025550123', email: 'ana@example.com' };
const ADDRESS = { city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' };
const STREET = 'West Lincoln Street';
const DOB = '1984-03-09';

const PATIENT: BookingRequest['patient'] = {
  userId: USER_ID,
  firstName: NAME.first,
  lastName: NAME.last,
  dob: DOB,
  gender: 'female',
  ...CONTACT,
  address: { firstLine: STREET, ...ADDRESS },
};

/** An order as a caller of ours places it at Junction, for a booking to adopt. */
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

/** The account of a scene, named after it. */
export function accountOf({ name }: Scene): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** What a scene asks for; `adoptedOrderId` is null where the booking places its order. */
export function requestOf(scene: Scene, adoptedOrderId: string | null): Partial<BookingRequest> {
  const order =
    adoptedOrderId === null
      ? { labTestIds: [LAB_TEST_ID] }
      : { id: adoptedOrderId, onFailure: scene.adopts ?? 'keep' };
  return {
    provider: 'junction-phlebotomy',
    account: accountOf(scene),
    reference: accountOf(scene),
    patient: PATIENT,
    order,
    windows: [{ from: '+3d', to: '+12d' }],
    ...scene.request,
  };
}
