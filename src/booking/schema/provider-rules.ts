import { PROVIDERS, type ProviderName } from '../model';
import { plainSpelling } from '../person-names';
import { hasExtension, isPhoneForm, isPossiblePhone } from '../phone';
import { isZone, ZONE_HINT } from '../windows';
import { type FieldError, valueAt } from './field-error';
import { boxLines } from './post-box';

/** What each provider needs of a request, as data. It works on any input, so that all errors are told at once. */

interface FieldNeeds {
  /** Needed in every request. */
  always: readonly string[];
  /** Also needed when the booking places the order. An adopted order brings the patient along. */
  whenPlaced: readonly string[];
  /** Refused, because they mean nothing to this provider: callers would take a silently ignored field for done. */
  never: readonly string[];
  /** Groups of fields of which exactly one must be given. */
  oneOf: readonly { field: string; forms: readonly (readonly string[])[]; hint: string }[];
}

/** What Junction's create order needs (contract: CreateOrderRequestCompatible). */
const JUNCTION_PATIENT = [
  'patient.userId',
  'patient.firstName',
  'patient.lastName',
  'patient.dob',
  'patient.gender',
  'patient.phone',
  'patient.email',
  'patient.address',
] as const;

export const FIELD_NEEDS: Readonly<Record<ProviderName, FieldNeeds>> = {
  'junction-phlebotomy': {
    always: ['order'],
    whenPlaced: JUNCTION_PATIENT,
    never: ['client', 'site', 'appointmentType', 'status', 'patient.id', 'patient.remoteId'],
    oneOf: [],
  },
  'junction-psc': {
    always: ['order', 'site'],
    whenPlaced: JUNCTION_PATIENT,
    never: ['client', 'appointmentType', 'status', 'tier', 'patient.id', 'patient.remoteId'],
    oneOf: [
      {
        field: 'site',
        forms: [['zip', 'radiusMiles'], ['siteCodes']],
        hint: 'Needs either zip and radiusMiles, or siteCodes; not both.',
      },
    ],
  },
  oliver: {
    always: ['appointmentType', 'client', 'patient'],
    whenPlaced: [],
    never: ['order', 'site', 'confirmation', 'tier', 'patient.userId', 'patient.medicalProxy'],
    oneOf: [
      {
        field: 'client',
        forms: [['id'], ['remoteId'], ['firstName', 'lastName', 'phone|email']],
        hint: 'Must be named in exactly one way: by id, by remoteId, or by firstName and lastName with phone or email.',
      },
      {
        field: 'patient',
        forms: [['id'], ['remoteId']],
        hint: 'Must be named by exactly one of id and remoteId.',
      },
    ],
  },
};

/** Returns what the request's provider misses, refuses or wants in another form. */
export function providerErrors(input: unknown): FieldError[] {
  const provider = providerOf(input);
  if (!provider) return [];
  const needs = FIELD_NEEDS[provider];
  const isPlaced = valueAt(input, 'order.labTestIds') !== undefined;
  return [
    ...missing(input, [...needs.always, ...(isPlaced ? needs.whenPlaced : [])]),
    ...needs.never
      .filter((field) => valueAt(input, field) !== undefined)
      .map((field) => ({ field, hint: `Has no meaning for ${provider}: leave it out.` })),
    ...needs.oneOf
      .filter(({ field, forms }) => valueAt(input, field) !== undefined && !isExactlyOne(input, field, forms))
      .map(({ field, hint }) => ({ field, hint })),
    ...valueErrors(input, provider),
    ...(provider === 'junction-phlebotomy' ? boxErrors(input) : []),
  ];
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

interface ValueRule {
  field: string;
  /** Null: for every provider. */
  providers: readonly ProviderName[] | null;
  accepts: (value: string) => boolean;
  hint: string;
}

const JUNCTION: readonly ProviderName[] = ['junction-phlebotomy', 'junction-psc'];

/**
 * Junction's pattern for names (Order Requirements, "Patient name validation"):
 * `^([a-zA-Z0-9]{1})([a-zA-Z0-9-.,']*(\s[a-zA-Z0-9-.,']+)*[a-zA-Z0-9-.,']?)$`, written so that no name can make
 * it backtrack for long.
 */
const JUNCTION_NAME = /^[a-zA-Z0-9][a-zA-Z0-9.,'-]*(?:\s[a-zA-Z0-9.,'-]+)*$/;

/**
 * Judges a name as it is sent: with a keyboard's apostrophes, hyphens and blanks (src/providers/junction/new-order.ts).
 */
const isJunctionName = (name: string): boolean => {
  const sent = plainSpelling(name);
  return sent.length <= 50 && JUNCTION_NAME.test(sent);
};
const NAME_HINT =
  "Must be 1 to 50 characters: the letters A-Z and a-z without accents, digits, - . , ' and single spaces " +
  'between words, beginning with a letter or digit. The lab accepts no others.';

const PHONE_HINT = 'Must be a phone number of 7 to 15 digits like +16025550123.';
const COUNTRY_HINT =
  'Is too long or too short for its country: begin with + and the country code, like +16025550123, ' +
  'or give a US number with its area code.';

/**
 * Junction's contract has `phone_number` as plain text and says nothing about extensions; its examples have none.
 * Oliver's contract has plain text too, and Oliver finds a client by the number without its extension.
 */
const EXTENSION_HINT =
  'Must be a number without an extension: the lab is not known to take one. An extension can go in notes.';

const BOX_HINT =
  'Must be the street address of the home: nobody can be visited at a post office box or a mail agency.';

/** Ways to write the country. The order is sent with the contract's own. */
const UNITED_STATES: readonly string[] = ['US', 'USA', 'UNITEDSTATES', 'UNITEDSTATESOFAMERICA'];

const VALUE_RULES: readonly ValueRule[] = [
  {
    field: 'timezone',
    providers: null,
    accepts: isZone,
    hint: ZONE_HINT,
  },
  { field: 'patient.firstName', providers: JUNCTION, accepts: isJunctionName, hint: NAME_HINT },
  { field: 'patient.lastName', providers: JUNCTION, accepts: isJunctionName, hint: NAME_HINT },
  ...['patient.phone', 'client.phone'].flatMap((field) => [
    { field, providers: null, accepts: isPhoneForm, hint: PHONE_HINT },
    { field, providers: null, accepts: isPossiblePhone, hint: COUNTRY_HINT },
  ]),
  {
    field: 'patient.phone',
    providers: JUNCTION,
    // A text that is not a number has an error of its own.
    accepts: (phone) => !isPhoneForm(phone) || !hasExtension(phone),
    hint: EXTENSION_HINT,
  },
  {
    field: 'patient.address.state',
    providers: JUNCTION,
    accepts: (state) => /^[A-Z]{2}$/.test(state),
    hint: 'Must be the two capital letters of a US state, like AZ.',
  },
  {
    field: 'patient.address.country',
    providers: JUNCTION,
    accepts: (country) => UNITED_STATES.includes(country.replace(/[\s.]/g, '').toUpperCase()),
    hint: 'Must be US: this provider serves no other country.',
  },
];

function valueErrors(input: unknown, provider: ProviderName): FieldError[] {
  return VALUE_RULES.filter(({ field, providers, accepts }) => {
    const value = valueAt(input, field);
    return (providers?.includes(provider) ?? true) && typeof value === 'string' && !accepts(value);
  }).map(({ field, hint }) => ({ field, hint }));
}

/** Returns errors for the address lines at which nobody can be visited. */
function boxErrors(input: unknown): FieldError[] {
  const lineOf = (name: string): string | undefined => {
    const line = valueAt(input, `patient.address.${name}`);
    return typeof line === 'string' ? line : undefined;
  };
  const lines = { firstLine: lineOf('firstLine'), secondLine: lineOf('secondLine') };
  return boxLines(lines).map((line) => ({ field: `patient.address.${line}`, hint: BOX_HINT }));
}
