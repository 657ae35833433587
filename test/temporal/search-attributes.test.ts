import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../../src/booking/names';
import { ensureSearchAttributes, prepareNamespace } from '../../src/temporal/search-attributes';
import { startTestServer, startTimeSkippingServer, type TestServer } from '../support/temporal';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
}, 60_000);

afterAll(() => server.stop());

const DAY_MS = 86_400_000;

async function namespaceWith(namespace: string, days: number): Promise<string> {
  await server.connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs(days * DAY_MS),
  });
  return namespace;
}

test('what is missing is registered once, and a short retention is warned of', async () => {
  const namespace = await namespaceWith('short', 3);
  const warnings: string[] = [];
  await prepareNamespace(server.connection, namespace, (text) => void warnings.push(text));
  expect(warnings).toEqual([expect.stringContaining('keeps closed bookings for 3 days, less than 30')]);
  const { customAttributes } = await server.connection.operatorService.listSearchAttributes({ namespace });
  expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
  await expect(ensureSearchAttributes(server.connection, namespace)).resolves.toEqual([]);
});

test('a long retention is not warned of', async () => {
  const warnings: string[] = [];
  const namespace = await namespaceWith('long', 30);
  await prepareNamespace(server.connection, namespace, (text) => void warnings.push(text));
  expect(warnings).toEqual([]);
});

test('an attribute that is there with another type is named', async () => {
  const namespace = await namespaceWith('clash', 30);
  await server.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { BookingAccount: temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_INT },
  });
  await expect(ensureSearchAttributes(server.connection, namespace)).rejects.toThrow(
    'The search attribute BookingAccount of clash has another type than ours.',
  );
});

test('a server that lets nobody in at that door is told of by naming what has to be registered', async () => {
  const skipping = await startTimeSkippingServer();
  const named = /may not set up search attributes on default.*BookingStatus, BookingProvider/;
  await expect(ensureSearchAttributes(skipping.connection, 'default')).rejects.toThrow(named);
  const warnings: string[] = [];
  await prepareNamespace(skipping.connection, 'default', (text) => void warnings.push(text));
  expect(warnings[0]).toMatch(named);
  await skipping.teardown();
});
