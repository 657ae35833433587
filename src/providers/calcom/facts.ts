import type { VendorFacts } from '../../booking/vendor-facts';

/** What Cal.com declares about itself: times of people and teams that anybody can book (docs/providers.md#calcom). */

export const calcom = {
  label: 'Cal.com',
  webhooks: true,
  sandboxPort: 4030,
  // 120 calls a minute and key; whoever goes beyond it is blocked for a minute (docs/providers.md#pace-of-calcom).
  pace: { inFlight: 10, perSecond: 20, perMinute: 100 },
  settings: [
    {
      name: 'CALCOM_API_KEY',
      otherwise: "the stand-in's",
      meaning: 'credentials of the account `default`',
    },
    {
      name: 'CALCOM_BASE_URL',
      otherwise: '`https://api.cal.com`; without a key the stand-in',
      meaning: 'where Cal.com is, for those who run it on their own',
    },
    {
      name: 'CALCOM_TIMEZONE',
      otherwise: "the stand-in's",
      meaning: 'IANA zone of the place; needed beside the key',
    },
  ],
  providers: {
    calcom: {
      traits: {
        orderKind: null,
        needsRequisition: false,
        refReturns: true,
        requestTier: false,
        cancelBy: 'call',
        orderCancelTakesAppointment: false,
        reschedule: 'native',
        moveKeepsId: false,
        visitEnds: 'clock',
        writesNameOrder: false,
        confirmedBy: ['confirmed'],
        // A write may go on for as long as a function may run there, and what is read may lag behind what was written.
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
        takes: [
          'appointmentType',
          'client.firstName',
          'client.lastName',
          'client.email',
          'client.phone',
          'policy.onCannotReschedule',
        ],
        always: ['appointmentType', 'client.firstName', 'client.lastName', 'client.email'],
        whenPlaced: [],
        oneOf: [],
        checks: [
          {
            field: 'appointmentType',
            pattern: /^[1-9]\d{0,14}$/,
            hint: 'Must be the number of an event type at Cal.com, as text.',
          },
          {
            field: 'client.phone',
            pattern: /^\s*(?:tel:|callto:)?[^A-Za-z#,;]*$/i,
            hint: 'Must be a number without an extension: Cal.com takes none. An extension can go in notes.',
          },
        ],
      },
      example: 'calcom.json',
    },
  },
} as const satisfies VendorFacts;
