import type { BookingRequest } from '../../../src/booking/schema/request';
import {
  BY_ID,
  BY_NAME,
  BY_REMOTE_ID,
  CLIENT,
  CLIENTS,
  ok,
  OPEN_TIMES,
  PATIENT,
  PATIENTS,
  refusal,
} from './fixtures';
import { failureOf, oliverStage, queryOf } from './setup';

const stage = oliverStage();
const search = (request: BookingRequest) => stage().provider().searchSlots(stage().call(), queryOf(request));
const CLIENT_BY_ID = `${CLIENTS}/11`;

test('by id: the client is read, the patient is found among the client’s', async () => {
  stage().signsIn();
  stage().server.expect(CLIENT_BY_ID, ok({ ...CLIENT, id: 11 }));
  stage().server.expect(PATIENTS, ok([{ ...PATIENT, id: 77 }]));
  stage().server.expect(OPEN_TIMES, ok([]));
  await search(BY_ID);
  expect(stage().sent(PATIENTS)[0]?.query.get('client_id')).toBe('11');
});

test('by remote id: the list has no filter for it, so all clients are read', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([{ ...CLIENT, id: '10', remote_id: 'C-1' }, CLIENT]));
  stage().server.expect(PATIENTS, ok([PATIENT]));
  stage().server.expect(OPEN_TIMES, ok([]));
  await search(BY_REMOTE_ID);
  expect([...(stage().sent(CLIENTS)[0]?.query ?? [])]).toEqual([]);
});

test.each<[string, BookingRequest['client']]>([
  ['phone, whatever its spelling', { firstName: 'Ana', lastName: 'Reyes', phone: '+1 602 555-0123' }],
  ['email, whatever its case', { firstName: 'ana', lastName: 'REYES', email: 'Ana@Example.com' }],
  ['one of both', { firstName: 'Ana', lastName: 'Reyes', phone: '+16025559999', email: 'ana@example.com' }],
])('by name with %s', async (_what, client) => {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([{ ...CLIENT, id: '12', phone: '6025550000', email: null }, CLIENT]));
  stage().server.expect(PATIENTS, ok([PATIENT]));
  stage().server.expect(OPEN_TIMES, ok([]));
  await search({ ...BY_NAME, client });
  expect(stage().sent(CLIENTS)[0]?.query.get('name')).toBe(`${client?.firstName} ${client?.lastName}`);
  expect(stage().sent(PATIENTS)[0]?.query.get('client_id')).toBe('11');
});

test('more than one match is the request’s to tell apart', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([CLIENT, { ...CLIENT, id: '12' }]));
  const { code, facts } = await failureOf(search(BY_NAME));
  expect(code).toBe('invalid_request');
  expect(facts.field).toBe('client');
  expect(facts.hint).toContain('by id');
});

test.each<[string, BookingRequest, string, object, string]>([
  ['id', BY_ID, CLIENT_BY_ID, refusal(400, 'Client not found'), 'client.id'],
  ['id with an empty answer', BY_ID, CLIENT_BY_ID, ok(null), 'client.id'],
  ['id with a 404', BY_ID, CLIENT_BY_ID, refusal(404, 'Not found'), 'client.id'],
  ['remote id', BY_REMOTE_ID, CLIENTS, ok([{ ...CLIENT, remote_id: 'C-2' }]), 'client.remoteId'],
  ['name', BY_NAME, CLIENTS, ok([]), 'client'],
  ['another contact', BY_NAME, CLIENTS, ok([{ ...CLIENT, phone: '6025559999' }]), 'client'],
  ['name of somebody else', BY_NAME, CLIENTS, ok([{ ...CLIENT, name: 'Ana Reyes-Soto' }]), 'client'],
])(
  'a client unknown by %s is client_not_found, before any search',
  async (_what, request, line, answer, field) => {
    stage().signsIn();
    stage().server.expect(line, answer);
    const failure = await failureOf(search(request));
    expect([failure.code, failure.facts.field]).toEqual(['client_not_found', field]);
  },
);

test.each<[string, BookingRequest, unknown[], string]>([
  ['id', { ...BY_REMOTE_ID, patient: { id: 78 } }, [PATIENT], 'patient.id'],
  ['remote id', BY_REMOTE_ID, [{ ...PATIENT, remote_id: 'P-1' }], 'patient.remoteId'],
  ['remote id, of a client without patients', BY_REMOTE_ID, [], 'patient.remoteId'],
])('a patient unknown by %s is patient_not_found', async (_what, request, patients, field) => {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([CLIENT]));
  stage().server.expect(PATIENTS, ok(patients));
  const failure = await failureOf(search(request));
  expect([failure.code, failure.facts.field]).toEqual(['patient_not_found', field]);
});

test('a patient’s remote id is taken at its word where no patient shows one (the contract has none)', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([CLIENT]));
  stage().server.expect(PATIENTS, ok([{ ...PATIENT, remote_id: undefined }]));
  stage().server.expect(OPEN_TIMES, ok([]));
  await expect(search(BY_REMOTE_ID)).resolves.toEqual({ slots: [], complete: true });
});

test('a party that was found is not asked for again for ten minutes', async () => {
  const provider = stage().provider();
  const again = () => provider.searchSlots(stage().call(), queryOf());
  stage().signsIn();
  stage().resolves();
  stage().server.expect(OPEN_TIMES, ok([]));
  await again();
  stage().clock.now += 9 * 60_000;
  stage().server.expect(OPEN_TIMES, ok([]));
  await again();
  stage().clock.now += 2 * 60_000;
  stage().resolves();
  stage().server.expect(OPEN_TIMES, ok([]));
  await again();
  expect(stage().sent(CLIENTS)).toHaveLength(2);
});

test('many bookings by remote id read the practice’s clients once', async () => {
  const provider = stage().provider();
  const requests = ['P-1', 'P-2', 'P-3'].map((remoteId) => ({ ...BY_REMOTE_ID, patient: { remoteId } }));
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([CLIENT]));
  for (let n = 0; n < requests.length; n++) stage().server.expect(PATIENTS, ok([]));
  const failures = await Promise.all(
    requests.map((request) => failureOf(provider.searchSlots(stage().call(), queryOf(request)))),
  );
  expect(failures.map(({ code }) => code)).toEqual(requests.map(() => 'patient_not_found'));
});

test('a failure names no value of the request', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([]));
  const failure = await failureOf(search(BY_NAME));
  expect(failure.message).not.toMatch(/Ana|Reyes|602/);
});
