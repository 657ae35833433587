import type { Modality } from './rules';

/** What this sandbox offers. The data are fixed, so that requests in examples and tests work on any day. */

const LAB = {
  id: 27,
  slug: 'quest',
  name: 'Quest',
  first_line_address: '500 Plaza Drive',
  city: 'Secaucus',
  zipcode: '07094',
  collection_methods: ['testkit', 'walk_in_test', 'at_home_phlebotomy', 'on_site_collection'],
  sample_types: ['serum'],
};

const MARKER = {
  id: 1,
  name: 'Cholesterol, Total',
  slug: 'cholesterol-total',
  description: 'Total cholesterol',
  lab_id: LAB.id,
  provider_id: '334',
  type: 'biomarker',
};

export interface LabTest {
  id: string;
  method: Modality;
  [field: string]: unknown;
}

function labTest(id: string, method: Modality, name: string): LabTest {
  return {
    id,
    slug: name.toLowerCase().replaceAll(' ', '-'),
    name,
    sample_type: method === 'testkit' ? 'dried_blood_spot' : 'serum',
    method,
    price: 49,
    is_active: true,
    status: 'active',
    fasting: false,
    lab: LAB,
    markers: [MARKER],
    is_delegated: false,
    auto_generated: false,
  };
}

export const LAB_TESTS: readonly LabTest[] = [
  labTest('5b41f610-ebc5-4803-8f0c-a61c3bdc7faf', 'at_home_phlebotomy', 'Lipids Panel At Home'),
  labTest('8f2a4cc1-4d53-4a0e-9d5c-2f9b7f3f7c10', 'at_home_phlebotomy', 'Thyroid Panel At Home'),
  labTest('c1d6b2f4-6c58-4b57-8a3e-0f5a4c9d2e11', 'walk_in_test', 'Lipids Panel Walk In'),
  labTest('d2e7c3a5-7d69-4c68-9b4f-1a6b5d0e3f12', 'testkit', 'Lipids Panel Test Kit'),
  labTest('e3f8d4b6-8e7a-4d79-ac50-2b7c6e1f4a13', 'on_site_collection', 'Lipids Panel On Site'),
];

export interface CancellationReason {
  id: string;
  name: string;
  is_refundable: boolean;
}

export const REASONS: Readonly<Record<'phlebotomy' | 'psc', readonly CancellationReason[]>> = {
  phlebotomy: [
    { id: '5330c863-ac80-4316-901b-d305d0df74d5', name: 'No longer interested', is_refundable: true },
    { id: '98f861dd-fe61-4817-a9d6-1b99b19cd0fb', name: 'Provider asked me to cancel', is_refundable: true },
    {
      id: '796da8c8-e654-4347-8ded-1026410c1976',
      name: 'Scheduled time no longer works',
      is_refundable: true,
    },
    { id: '2b9f23fd-163e-4483-bb10-90c74a67e0dc', name: 'Other', is_refundable: true },
    { id: 'a4b0c1d2-63e4-4f55-8607-182930415263', name: 'Patient not at home', is_refundable: false },
  ],
  psc: [{ id: '5c0257ef-6fea-4a22-b20a-3ddab573d5c9', name: 'Other', is_refundable: true }],
};

/** An area that is served at home. */
export interface HomeArea {
  timezone: string;
  location: { lng: number; lat: number };
  providers: readonly { name: string; tier: 'appointment-ready' | 'appointment-request' }[];
}

/** The two ZIP codes that the vendor's sandbox serves (doc: sandbox). */
export const HOME_AREAS: Readonly<Record<string, HomeArea>> = {
  '85004': {
    timezone: 'America/Phoenix',
    location: { lng: -112.0772235, lat: 33.4421912 },
    providers: [{ name: 'getlabs', tier: 'appointment-ready' }],
  },
  '54650': {
    timezone: 'America/Chicago',
    location: { lng: -91.2396, lat: 43.8844 },
    providers: [{ name: 'phlebfinders', tier: 'appointment-request' }],
  },
};

/** A patient service centre. */
export interface Site {
  code: string;
  lab: 'quest' | 'sonora_quest';
  name: string;
  address: { first_line: string; second_line: string; city: string; state: string; zip_code: string };
  location: { lng: number; lat: number };
  /** The ZIP codes that find the site, each with its distance in miles. */
  near: Readonly<Record<string, number>>;
  active: boolean;
}

const CITIES = {
  quest: {
    title: 'Quest',
    place: { city: 'New York', state: 'NY', zip_code: '10001' },
    lng: -73.9967,
    lat: 40.7484,
  },
  sonora_quest: {
    title: 'Sonora Quest',
    place: { city: 'Phoenix', state: 'AZ', zip_code: '85004' },
    lng: -112.0772,
    lat: 33.4421,
  },
} as const;

function site(code: string, lab: Site['lab'], street: string, near: Site['near'], active = true): Site {
  const { title, place, lng, lat } = CITIES[lab];
  const address = { first_line: street, second_line: '', ...place };
  return { code, lab, name: `${title} ${street}`, address, location: { lng, lat }, near, active };
}

export const SITES: readonly Site[] = [
  site('AAA', 'quest', '312 W 34th Street', { '10001': 1, '11201': 6 }),
  site('BBB', 'quest', '86 Chambers Street', { '10001': 3, '11201': 2 }),
  site('CCC', 'quest', '2590 Broadway', { '10001': 18 }),
  site('DDD', 'quest', '1 Closed Street', { '10001': 2 }, false),
  site('SQA', 'sonora_quest', '1 E Washington Street', { '85004': 1 }),
];

/** All mocked PSC slots are in this zone (docs/providers.md#junctions-sandbox). */
export const PSC_TIMEZONE = 'America/New_York';
