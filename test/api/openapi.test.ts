import { scriptedClient, testApi } from '../support/api';

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
  requestBody?: { content: Record<string, { schema: object }> };
  parameters?: { name: string; in: string }[];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: object };
}

async function documentOf(): Promise<Document> {
  const { app } = await testApi(scriptedClient());
  const answer = await app.inject('/openapi.json');
  await app.close();
  return answer.json<Document>();
}

/** Every local reference in a document. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  );
}

const CALLS = [
  ['post', '/v1/bookings'],
  ['get', '/v1/bookings'],
  ['get', '/v1/bookings/{id}'],
  ['post', '/v1/bookings/{id}/cancel'],
  ['post', '/v1/bookings/{id}/retry'],
  ['post', '/v1/bookings/{id}/resolve'],
  ['post', '/v1/bookings/{id}/reschedule'],
  ['post', '/v1/slots/search'],
] as const;

it.each(CALLS)('%s %s tells what it takes, what it answers and how it fails', async (method, path) => {
  const operation = (await documentOf()).paths[path]?.[method];
  const answers = operation?.responses ?? {};
  expect(answers['200']?.content?.['application/json']?.schema).toBeDefined();
  expect(answers.default?.content?.['application/problem+json']?.schema).toBeDefined();
  if (method === 'post') expect(operation?.requestBody?.content['application/json']?.schema).toBeDefined();
});

it('documents the headers of a start and every filter of a list', async () => {
  const { paths } = await documentOf();
  const named = (operation?: Operation): string[] => (operation?.parameters ?? []).map(({ name }) => name);
  expect(named(paths['/v1/bookings']?.post)).toEqual(['idempotency-key', 'prefer']);
  expect(named(paths['/v1/bookings']?.get)).toEqual(
    expect.arrayContaining([
      'status',
      'provider',
      'account',
      'attention',
      'orderId',
      'reference',
      'startsFrom',
    ]),
  );
});

it('names its schemas once and refers to nothing that is not there', async () => {
  const document = await documentOf();
  const names = Object.keys(document.components.schemas);
  expect(names).toEqual(expect.arrayContaining(['Booking', 'Problem', 'Slot', 'BookingSummary']));
  const references = referencesIn(document);
  expect(references).toContain('#/components/schemas/Booking');
  const known = names.map((name) => `#/components/schemas/${name}`);
  expect(references.filter((reference) => !known.includes(reference))).toEqual([]);
  expect(document.openapi).toMatch(/^3\.1/);
});

it('keeps the receiver of webhooks and the machines’ own routes out of it', async () => {
  const { paths } = await documentOf();
  expect(Object.keys(paths).filter((path) => /webhooks|metrics|openapi/.test(path))).toEqual([]);
});
