import { PROVIDERS, type ProviderName, providerFacts } from '../vendors';
import { isPhoneForm, isPossiblePhone } from '../phone';
import type { FieldCheck, RequestRules } from '../vendor-facts';
import { isZone, ZONE_HINT } from '../windows';
import { type FieldError, valueAt } from './field-error';
import {
  clientSchema,
  confirmationSchema,
  patientSchema,
  policySchema,
  type RequestField,
  requestFields,
  siteSchema,
} from './request-form';
import { checkErrors } from './value-checks';

/**
 * Holds a request to its provider's rules, which are data (the `request` of its facts). It works on any input, so that
 * all errors are told at once.
 */

/** Fields that mean something at every provider. The policy of what comes after a provider's cancel is the saga's own. */
const EVERYWHERE: readonly RequestField[] = [
  'account',
  'reference',
  'windows',
  'slot',
  'preference',
  'notes',
  'timezone',
  'limits',
  'policy.onProviderCancel',
];

/** The blocks whose parts are taken or refused one by one. */
const BLOCKS: Readonly<Record<string, object>> = {
  patient: patientSchema.shape,
  client: clientSchema.shape,
  site: siteSchema.shape,
  policy: policySchema.shape,
  confirmation: confirmationSchema.shape,
};

/** Returns what the request's provider misses, refuses or wants in another form. */
export function providerErrors(input: unknown): FieldError[] {
  const provider = providerOf(input);
  if (!provider) return [];
  const rules = providerFacts(provider).request;
  const isPlaced = valueAt(input, 'order.labTestIds') !== undefined;
  return [
    ...missing(input, [...rules.always, ...(isPlaced ? rules.whenPlaced : [])]),
    ...refusedFields(input, rules).map((field) => ({
      field,
      hint: `Has no meaning for ${provider}: leave it out.`,
    })),
    ...rules.oneOf
      .filter(({ field, forms }) => valueAt(input, field) !== undefined && !isExactlyOne(input, field, forms))
      .map(({ field, hint }) => ({ field, hint })),
    ...[...FORM_CHECKS, ...rules.checks].flatMap((check) => errorsOf(check, input)),
  ];
}

/** Returns the given fields that the provider does not take. Those that no schema knows are the form's to refuse. */
function refusedFields(input: unknown, { takes }: RequestRules): string[] {
  const taken: readonly string[] = [...EVERYWHERE, ...takes];
  const isGiven = (field: string): boolean => valueAt(input, field) !== undefined;
  return Object.keys(requestFields)
    .filter((field) => isGiven(field) && !taken.includes(field))
    .flatMap((field) => {
      const parts = Object.keys(BLOCKS[field] ?? {}).map((part) => `${field}.${part}`);
      const isTakenInPart = parts.some((part) => taken.includes(part));
      return isTakenInPart ? parts.filter((part) => isGiven(part) && !taken.includes(part)) : [field];
    });
}

/** Returns the request's provider, or null when this build does not know it. */
export function providerOf(input: unknown): ProviderName | null {
  const name = valueAt(input, 'provider');
  return PROVIDERS.find((known) => known === name) ?? null;
}

/** Returns an error for each missing field. A missing block is told once, with what belongs in it. */
function missing(input: unknown, fields: readonly string[]): FieldError[] {
  const gone = fields.filter((field) => valueAt(input, field) === undefined);
  const blockOf = (field: string): string | null => {
    const [block = ''] = field.split('.');
    return block !== field && valueAt(input, block) === undefined ? block : null;
  };
  const blocks = [...new Set(gone.map(blockOf).filter((block) => block !== null))];
  return [
    ...gone
      .filter((field) => blockOf(field) === null)
      .map((field) => ({ field, hint: 'Is missing; this provider needs it.' })),
    ...blocks.map((block) => {
      const names = gone
        .filter((field) => blockOf(field) === block)
        .map((field) => field.slice(block.length + 1));
      return { field: block, hint: `Is missing; this provider needs it with ${names.join(', ')}.` };
    }),
  ];
}

/** Returns true when one form is given whole and nothing of the others. `a|b` in a form means a, b or both. */
function isExactlyOne(input: unknown, field: string, forms: readonly (readonly string[])[]): boolean {
  const has = (name: string): boolean => valueAt(input, `${field}.${name}`) !== undefined;
  const begun = forms.filter((form) => form.some((name) => name.split('|').some(has)));
  return begun.length === 1 && begun.every((form) => form.every((name) => name.split('|').some(has)));
}

const PHONE_HINT = 'Must be a phone number of 7 to 15 digits like +16025550123.';
const COUNTRY_HINT =
  'Is too long or too short for its country: begin with + and the country code, like +16025550123, ' +
  'or give a US number with its area code.';

interface FormCheck {
  field: RequestField;
  accepts: (value: string) => boolean;
  hint: string;
}

/** What holds of texts whichever the provider. */
const FORM_CHECKS: readonly FormCheck[] = [
  { field: 'timezone', accepts: isZone, hint: ZONE_HINT },
  ...(['patient.phone', 'client.phone'] as const).flatMap((field) => [
    { field, accepts: isPhoneForm, hint: PHONE_HINT },
    { field, accepts: isPossiblePhone, hint: COUNTRY_HINT },
  ]),
];

function errorsOf(check: FormCheck | FieldCheck, input: unknown): FieldError[] {
  const { field } = check;
  const value = valueAt(input, field);
  if ('check' in check) return checkErrors(check.check, value, field);
  const accepts = 'pattern' in check ? (text: string) => check.pattern.test(text) : check.accepts;
  return typeof value === 'string' && !accepts(value) ? [{ field, hint: check.hint }] : [];
}
