import type { Traits } from '../../booking/traits';
import type { FieldCheck, VendorFacts } from '../../booking/vendor-facts';

/** What Junction declares about itself: visits at home, and appointments at draw sites (PSC). */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const TRAITS = {
  needsRequisition: true,
  refReturns: true,
  cancelBy: 'call',
  reschedule: 'native',
  moveKeepsId: true,
  visitEnds: 'told',
  writesNameOrder: true,
  confirmedBy: ['confirmed'],
  lateCommitWindowMs: 120_000,
  leadTimeMs: 0,
  orderKeyLifetimeMs: DAY_MS,
  bookKeyLifetimeMs: 0,
  callTimeoutMs: 15_000,
} as const satisfies Partial<Traits>;

/** What its create order needs (contract: CreateOrderRequestCompatible). */
const PATIENT = [
  'patient.userId',
  'patient.firstName',
  'patient.lastName',
  'patient.dob',
  'patient.gender',
  'patient.phone',
  'patient.email',
  'patient.address',
] as const;

const TAKES = [
  'order',
  ...PATIENT,
  'patient.medicalProxy',
  'confirmation',
  'policy.existingAppointment',
  'policy.onCannotReschedule',
  'policy.acceptFees',
] as const;

const CHECKS = [
  { field: 'patient.firstName', check: 'labName' },
  { field: 'patient.lastName', check: 'labName' },
  // The contract has `phone_number` as plain text and says nothing about extensions; its examples have none.
  { field: 'patient.phone', check: 'noExtension' },
  { field: 'patient.address.state', check: 'usState' },
  // The order is sent with the contract's own way to write the country.
  { field: 'patient.address.country', check: 'unitedStates' },
] as const satisfies readonly FieldCheck[];

export const junction = {
  label: 'Junction',
  webhooks: true,
  sandboxPort: 4010,
  // Junction sets no limit for a customer now; it answers 429 or 503 under load [doc, "Rate Limiting"].
  pace: { inFlight: 50, perSecond: 100, perMinute: null },
  settings: [
    {
      name: 'JUNCTION_API_KEY',
      otherwise: "the stand-in's",
      meaning: 'credentials of the account `default`',
    },
    {
      name: 'JUNCTION_BASE_URL',
      otherwise: 'the stand-in',
      meaning: 'where Junction is; needed beside the key',
    },
    {
      name: 'JUNCTION_CANCELLATION_REASON',
      otherwise: 'the first refundable one',
      meaning: 'name or id of the reason that undos give',
    },
    { name: 'JUNCTION_TIMEZONE', otherwise: '', meaning: 'IANA zone where Junction gives none' },
  ],
  providers: {
    'junction-phlebotomy': {
      traits: {
        ...TRAITS,
        orderKind: 'at_home_phlebotomy',
        requestTier: true,
        orderCancelTakesAppointment: true,
        bookTakesKey: false,
        feeWindowMs: DAY_MS,
        minAgeYears: 18,
      },
      request: {
        takes: [...TAKES, 'tier'],
        always: ['order'],
        whenPlaced: PATIENT,
        oneOf: [],
        checks: [...CHECKS, { field: 'patient.address', check: 'streetAddress' }],
      },
      example: 'at-home.json',
    },
    'junction-psc': {
      traits: {
        ...TRAITS,
        orderKind: 'walk_in_test',
        requestTier: false,
        orderCancelTakesAppointment: false,
        bookTakesKey: true,
        feeWindowMs: 0,
        minAgeYears: null,
      },
      request: {
        takes: [...TAKES, 'site'],
        always: ['order', 'site'],
        whenPlaced: PATIENT,
        oneOf: [
          {
            field: 'site',
            forms: [['zip', 'radiusMiles'], ['siteCodes']],
            hint: 'Needs either zip and radiusMiles, or siteCodes; not both.',
          },
        ],
        checks: CHECKS,
      },
      example: 'psc.json',
    },
  },
} as const satisfies VendorFacts;
