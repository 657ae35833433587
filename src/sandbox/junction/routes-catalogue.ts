import type { FastifyInstance } from 'fastify';
import { sitesNear } from './availability';
import { HOME_AREAS, LAB_TESTS, type Site } from './catalogue';
import { orderOf, type Context } from './context';
import { refuse } from './errors';
import { orderIdOf, type OrderPath } from './routes-orders';
import { areaQuerySchema, parse, pscInfoQuerySchema } from './validation';
import type { Wire } from './wire';

const LAB_IDS: Readonly<Record<Site['lab'], number>> = { quest: 27, sonora_quest: 28 };
const BILL_TYPES = ['client_bill', 'patient_bill'];
const CAPABILITIES = ['appointment_scheduling_via_junction'];

/** Adds the routes that list what is offered where. */
export function catalogueRoutes(app: FastifyInstance, context: Context): void {
  app.get('/v3/lab_tests', () => LAB_TESTS);

  app.get<{ Params: { labTestId: string } }>('/v3/lab_tests/:labTestId', (request) => {
    const labTest = LAB_TESTS.find(({ id }) => id === request.params.labTestId);
    if (!labTest) throw refuse(404, "This lab test doesn't exist.");
    return labTest;
  });

  app.get('/v3/order/area/info', (request) => {
    const { zip_code: zip, radius, lab, labs } = parse(areaQuerySchema, request.query, 'query');
    const asked = labs ?? (lab ? [lab] : Object.keys(LAB_IDS));
    return {
      zip_code: zip,
      phlebotomy: homeInfo(context, zip),
      central_labs: Object.fromEntries(asked.filter(isLab).map((one) => [one, labInfo(one, zip, radius)])),
    };
  });

  app.get('/v3/order/psc/info', (request) => {
    const { zip_code: zip, radius, lab_id: labId } = parse(pscInfoQuerySchema, request.query, 'query');
    const lab = Object.keys(LAB_IDS)
      .filter(isLab)
      .find((one) => LAB_IDS[one] === labId);
    if (!lab) throw refuse(404, "This lab doesn't exist.");
    return pscInfo(lab, zip, Number(radius));
  });

  app.get<OrderPath>('/v3/order/:orderId/psc/info', (request) => {
    const order = orderOf(context, orderIdOf(request.params));
    return pscInfo('quest', order.request.patient_address.zip.slice(0, 5), 25);
  });
}

function isLab(name: string): name is Site['lab'] {
  return name in LAB_IDS;
}

function homeInfo(context: Context, zip: string): Wire {
  const providers = HOME_AREAS[zip]?.providers ?? [];
  const field = context.state.quirks.areaTiers ? 'tier' : 'service_types';
  return {
    is_served: providers.length > 0,
    providers: providers.map(({ name, tier }) => ({ name, [field]: [tier] })),
  };
}

function labInfo(lab: Site['lab'], zip: string, radius: string): Wire {
  const within = sitesNear(zip, Number(radius), lab).length;
  return {
    patient_service_centers: {
      appointment_with_vital: within > 0,
      within_radius: within,
      radius,
      capabilities: within > 0 ? CAPABILITIES : [],
    },
    supported_bill_types: BILL_TYPES,
    lab_id: LAB_IDS[lab],
  };
}

function pscInfo(lab: Site['lab'], zip: string, radiusMiles: number): Wire {
  const centres = sitesNear(zip, radiusMiles, lab).map(({ site, distance }) => ({
    metadata: { ...site.address, name: site.name, phone_number: null, fax_number: null, hours: null },
    distance,
    site_code: site.code,
    supported_bill_types: BILL_TYPES,
    location: site.location,
    capabilities: CAPABILITIES,
  }));
  return { lab_id: LAB_IDS[lab], slug: lab, patient_service_centers: centres };
}
