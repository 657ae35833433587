/** Requests that are right on the day that the tests of the domain are set in, for tests to spoil. */
export const NOW = new Date('2026-11-21T12:00:00Z');

export const PLACED_AT_HOME = {
  provider: 'junction-phlebotomy',
  reference: 'visit-8812',
  patient: {
    userId: '94e2d9f2-d600-4a23-9f08-536df378e2c7',
    firstName: 'Ana',
    lastName: 'Reyes',
    dob: '1984-03-09',
    gender: 'female',
    phone: '+16025550123',
    email: 'ana@example.com',
    address: { firstLine: 'West Lincoln Street', city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' },
  },
  order: { labTestIds: ['5b41f610-ebc5-4803-8f0c-a61c3bdc7faf'], extra: { icd_codes: ['Z00.00'] } },
  windows: [{ from: '2026-12-07', to: '2026-12-11', days: ['mon', 'thu'], hours: '07:00-11:00' }],
};

export const ADOPTED_PSC = {
  provider: 'junction-psc',
  order: { id: '413d7205-f8a9-42ed-aa4a-edb99e481ca0', onFailure: 'keep' },
  site: { lab: 'quest', zip: '10001', radiusMiles: 25 },
  windows: [{ from: '2026-12-07', to: '2026-12-18' }],
  preference: 'closest',
  policy: { existingAppointment: 'adopt' },
};

export const OLIVER = {
  provider: 'oliver',
  account: 'practice-1',
  appointmentType: 'wellness',
  client: { remoteId: 'C-1001' },
  patient: { remoteId: 'P-77' },
  windows: [{ from: '2026-12-07', to: '2026-12-11', hours: '16:00-19:00' }],
};

/** A copy of `request` with the value at a dotted path replaced, or taken out when it is undefined. */
export function withValue(request: object, path: string, value: unknown): object {
  const [key = '', ...rest] = path.split('.');
  const entries = new Map<string, unknown>(Object.entries(request));
  const inner = entries.get(key);
  if (rest.length > 0) {
    if (typeof inner !== 'object' || inner === null) throw new Error(`no such path: ${path}`);
    entries.set(key, withValue(inner, rest.join('.'), value));
  } else if (value === undefined) entries.delete(key);
  else entries.set(key, value);
  return Array.isArray(request) ? [...entries.values()] : Object.fromEntries(entries);
}
