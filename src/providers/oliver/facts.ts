import type { VendorFacts } from '../../booking/vendor-facts';

/** What Oliver declares about itself: visits at veterinary practices. */

export const oliver = {
  label: 'Oliver',
  webhooks: false,
  sandboxPort: 4020,
  // No limit is documented.
  pace: { inFlight: 20, perSecond: 20, perMinute: null },
  settings: [
    {
      name: 'OLIVER_BASE_URL',
      otherwise: 'the stand-in',
      meaning: 'where Oliver is; set together with the sign-in and the practices',
    },
    { name: 'OLIVER_USERNAME', otherwise: "the stand-in's", meaning: 'the sign-in' },
    { name: 'OLIVER_PASSWORD', otherwise: "the stand-in's", meaning: 'the sign-in' },
    {
      name: 'OLIVER_PRACTICES',
      otherwise: "the stand-in's",
      meaning: '`account=locationId@Zone`, like `practice-1=1@America/Chicago`',
    },
    {
      name: 'OLIVER_LIST_MAX_AGE_MS',
      otherwise: "the adapter's",
      meaning: "how old the shared reading of a practice's appointments may be",
    },
    {
      name: 'OLIVER_LOOK_BACK_DAYS',
      otherwise: "the adapter's",
      meaning: 'how far back its first reading goes',
    },
  ],
  providers: {
    oliver: {
      traits: {
        orderKind: null,
        needsRequisition: false,
        refReturns: false,
        requestTier: false,
        cancelBy: 'staff_task',
        orderCancelTakesAppointment: false,
        reschedule: 'none',
        moveKeepsId: true,
        visitEnds: 'told',
        writesNameOrder: false,
        confirmedBy: ['confirmed'],
        lateCommitWindowMs: 300_000,
        feeWindowMs: 0,
        leadTimeMs: 0,
        minAgeYears: null,
        orderKeyLifetimeMs: 0,
        bookTakesKey: false,
        bookKeyLifetimeMs: 0,
        callTimeoutMs: 15_000,
      },
      request: {
        takes: ['appointmentType', 'client', 'patient.id', 'patient.remoteId', 'status', 'policy.acceptFees'],
        always: ['appointmentType', 'client', 'patient'],
        whenPlaced: [],
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
        checks: [],
      },
      example: 'oliver.json',
    },
  },
} as const satisfies VendorFacts;
