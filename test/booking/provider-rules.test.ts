import { providerErrors } from '../../src/booking/schema/provider-rules';
import {
  clientSchema,
  patientSchema,
  policySchema,
  requestFields,
  siteSchema,
} from '../../src/booking/schema/request-form';
import { PROVIDERS, providerFacts, type ProviderName } from '../../src/booking/vendors';

/** What a provider does not name in its facts is refused, whatever other vendors take. */

const BLOCKS = { patient: patientSchema, client: clientSchema, site: siteSchema, policy: policySchema };

/** Every field of a request, and every part of its blocks: `patient.dob`. */
const FIELDS = [
  ...Object.keys(requestFields).filter((field) => !(field in BLOCKS)),
  ...Object.entries(BLOCKS).flatMap(([block, { shape }]) =>
    Object.keys(shape).map((part) => `${block}.${part}`),
  ),
];

/** What the saga itself does with it, or any provider. */
const EVERYWHERE = [
  ...['account', 'reference', 'windows', 'slot', 'preference', 'notes', 'timezone', 'limits'],
  'policy.onProviderCancel',
];

/** The fields of a request with nothing but this one that are refused as meaningless. */
function refused(provider: ProviderName, field: string): string[] {
  const [name = '', part] = field.split('.');
  const input = { provider, [name]: part === undefined ? 'x' : { [part]: 'x' } };
  return providerErrors(input).flatMap((error) => (error.hint.includes('no meaning') ? [error.field] : []));
}

describe.each(PROVIDERS)('%s', (provider) => {
  const taken: readonly string[] = [...EVERYWHERE, ...providerFacts(provider).request.takes];
  const isTaken = (field: string): boolean =>
    taken.includes(field) || taken.includes(field.split('.')[0] ?? '');

  test('takes the fields that its facts name, and refuses every other by its name', () => {
    const wrong = FIELDS.filter((field) => {
      const [block] = field.split('.');
      const names = refused(provider, field);
      return isTaken(field) ? names.length > 0 : !names.some((name) => name === field || name === block);
    });
    expect(wrong).toEqual([]);
    expect(FIELDS.some((field) => !isTaken(field))).toBe(true);
  });
});

test('a part of a block that means nothing is refused alone, beside those that do', () => {
  const patient = { remoteId: 'P-77', firstName: 'Biscuit' };
  const errors = providerErrors({
    provider: 'oliver',
    appointmentType: 'wellness',
    client: { id: 1 },
    patient,
  });
  expect(errors).toEqual([{ field: 'patient.firstName', hint: 'Has no meaning for oliver: leave it out.' }]);
});
