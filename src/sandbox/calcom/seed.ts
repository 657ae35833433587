/** The users and event types that every fresh sandbox knows. All are made up. */

const USUAL = {
  requiresConfirmation: false,
  pendingHolds: false,
  lengthMinutes: 30,
  noticeMinutes: 120,
  allowsCancelling: true,
  requiredFields: [],
  maxActivePerEmail: null,
};

export const SEED = {
  users: [
    {
      id: 501,
      name: 'Iris Vale',
      email: 'iris@example.com',
      username: 'iris-vale',
      timeZone: 'America/New_York',
    },
    {
      id: 502,
      name: 'Noor Haddad',
      email: 'noor@example.com',
      username: 'noor-haddad',
      timeZone: 'America/Los_Angeles',
    },
  ],
  eventTypes: [
    {
      ...USUAL,
      id: 1001,
      slug: 'lab-visit',
      title: 'Lab visit',
      ownerId: 501,
      timeZone: 'America/New_York',
    },
    {
      ...USUAL,
      id: 1002,
      slug: 'lab-visit-on-request',
      title: 'Lab visit on request',
      ownerId: 501,
      timeZone: 'America/New_York',
      requiresConfirmation: true,
    },
    // 14 hours ahead of UTC: its days are others than those of UTC for most of the day.
    {
      ...USUAL,
      id: 1003,
      slug: 'far-visit',
      title: 'Visit far away',
      ownerId: 501,
      timeZone: 'Pacific/Kiritimati',
    },
    // Another user's: the first user's key neither lists its bookings nor confirms them.
    {
      ...USUAL,
      id: 2001,
      slug: 'consultation',
      title: 'Consultation',
      ownerId: 502,
      timeZone: 'America/Los_Angeles',
    },
  ],
};
