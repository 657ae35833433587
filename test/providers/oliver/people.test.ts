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

const PHONE = '+16025550123';
const EMAIL = 'bo@example.com';

test.each<[why: string, asked: [string, string], onRecord: string]>([
  ['curly apostrophes', ['Pat', "O'Brien"], 'Pat O’Brien'],
  ['modifier letters', ['Pat', 'OʼBrien'], "Pat O'Brien"],
  ['accents for apostrophes', ['Pat', 'O´Brien'], 'Pat O`Brien'],
  ['hyphens', ['Ann‐Marie', 'Ek'], 'Ann-Marie Ek'],
  ['dashes', ['Ann', 'Ek–Berg'], 'Ann Ek−Berg'],
  ['sharp s', ['Jo', 'Strauß'], 'JO STRAUSS'],
  ['accents', ['José', 'Peña'], 'Jose Pena'],
  ['the order and encoding of accents', ['Jose\u0301', 'Ngo\u0323\u0302'], 'José Ng\u1ed9'],
  ['letters with a stroke', ['Søren', 'Wałęsa'], 'Soren Walesa'],
  ['two letters for one', ['Jo', 'Mueller-Aas'], 'Jo Müller-Ås'],
  ['ligatures', ['Jo', 'Griﬃn'], 'Jo Griffin'],
  ['a Turkish i', ['Işıl', 'İnan'], 'Isil Inan'],
  ['blanks that are none', ['Ana\u00a0Maria', 'Reyes'], ' Ana  Maria\u2009Reyes'],
  ['characters that nobody sees', ['Ana\u200b', 'Rey\u00ades'], 'Ana Reyes'],
])('by name, as people compare it: %s', async (_why, [firstName, lastName], name) => {
  stage().signsIn();
  stage().server.expect(
    CLIENTS,
    ok([
      { ...CLIENT, id: '12', name: 'Somebody Else' },
      { ...CLIENT, name },
    ]),
  );
  stage().server.expect(PATIENTS, ok([PATIENT]));
  stage().server.expect(OPEN_TIMES, ok([]));
  await search({ ...BY_NAME, client: { firstName, lastName, phone: PHONE } });
  expect(stage().sent(PATIENTS)[0]?.query.get('client_id')).toBe('11');
});

test.each<[string, BookingRequest['client'], object]>([
  ['phone', { firstName: 'Jose', lastName: 'Ek', phone: PHONE }, { phone: '6025550124' }],
  ['email', { firstName: 'Jose', lastName: 'Ek', email: EMAIL }, { email: 'bó@example.com' }],
])('a name that is only spelled alike does not do: the %s must agree', async (_what, client, contact) => {
  stage().signsIn();
  const { phone: _phone, email: _email, ...bare } = CLIENT;
  for (let asks = 0; asks < 3; asks++)
    stage().server.expect(CLIENTS, ok([{ ...bare, name: 'José Ek', ...contact }]));
  const { code } = await failureOf(search({ ...BY_NAME, client }));
  expect(code).toBe('client_not_found');
});

test.each<[string, string, string]>([
  ['in national form', '+44 20 7946 0958', '020 7946 0958'],
  ['with a trunk zero in brackets', '+442079460958', '+44 (0)20 7946 0958'],
  ['dialled with 00', '+44 20 7946 0958', '0044 20 7946 0958'],
  ['with 1', '(602) 555-0123', '1-602-555-0123'],
  ['with an extension', '602 555 0123 x12', '+16025550123'],
  ['as a link', '602 555 0123', 'tel:+16025550123'],
  ['in a form that is no number', '020 7946 0958', '020-7946-0958'],
])('by name and phone, on record %s', async (_what, phone, onRecord) => {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([{ ...CLIENT, phone: onRecord }]));
  stage().server.expect(PATIENTS, ok([PATIENT]));
  stage().server.expect(OPEN_TIMES, ok([]));
  await search({ ...BY_NAME, client: { firstName: 'Ana', lastName: 'Reyes', phone } });
});

test('an email is the same with its domain in letters or in ASCII', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([{ ...CLIENT, email: 'Ana@xn--mller-kva.example' }]));
  stage().server.expect(PATIENTS, ok([PATIENT]));
  stage().server.expect(OPEN_TIMES, ok([]));
  await search({
    ...BY_NAME,
    client: { firstName: 'Ana', lastName: 'Reyes', email: 'ana@Müller.example' },
  });
});

const PAT = { firstName: 'Pat', lastName: "O'Brien", phone: PHONE, email: EMAIL };
const ON_RECORD = { ...CLIENT, name: 'Pat O’Brien' };
const asked = () =>
  stage()
    .sent(CLIENTS)
    .map(({ query }) => Object.fromEntries(query));

test.each<[string, number, object[]]>([
  ['the name', 1, [{ name: "Pat O'Brien" }]],
  ['the email', 2, [{ name: "Pat O'Brien" }, { email: EMAIL }]],
  ['the phone', 3, [{ name: "Pat O'Brien" }, { email: EMAIL }, { phone: PHONE }]],
  ['a part of the name', 4, [{ name: "Pat O'Brien" }, { email: EMAIL }, { phone: PHONE }, { name: 'Brien' }]],
])('whom only the search by %s finds is found, with no call more', async (_by, calls, queries) => {
  stage().signsIn();
  for (let n = 1; n < calls; n++) stage().server.expect(CLIENTS, ok([]));
  stage().server.expect(CLIENTS, ok([ON_RECORD]));
  stage().server.expect(PATIENTS, ok([PATIENT]));
  stage().server.expect(OPEN_TIMES, ok([]));
  await search({ ...BY_NAME, client: PAT });
  expect(asked()).toEqual(queries);
});

test.each<[string, number]>([
  ['email', 2],
  ['phone', 3],
  ['part of the name', 4],
])('an odd entry among those of the name hides nobody from the search by %s', async (_by, calls) => {
  stage().signsIn();
  for (let n = 1; n < calls; n++) stage().server.expect(CLIENTS, ok([null]));
  stage().server.expect(CLIENTS, ok([null, ON_RECORD]));
  stage().server.expect(PATIENTS, ok([PATIENT]));
  stage().server.expect(OPEN_TIMES, ok([]));
  await search({ ...BY_NAME, client: PAT });
  expect(stage().sent(PATIENTS)[0]?.query.get('client_id')).toBe('11');
});

test.each([0, 1, 2, 3])('nobody is unknown where search %d has an odd entry', async (odd) => {
  stage().signsIn();
  for (let n = 0; n < 4; n++) stage().server.expect(CLIENTS, ok(n === odd ? [null] : []));
  expect((await failureOf(search({ ...BY_NAME, client: PAT }))).code).toBe('provider_unavailable');
});

test('two whose names and contact agree are two, however one of them is spelled', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([ON_RECORD, { ...ON_RECORD, id: '12', name: "Pat O'Brien" }]));
  expect((await failureOf(search({ ...BY_NAME, client: PAT }))).code).toBe('invalid_request');
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
    // By the phone and by a part of the name as well.
    if (request === BY_NAME) for (const more of [answer, answer]) stage().server.expect(line, more);
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
  for (let asks = 0; asks < 3; asks++) stage().server.expect(CLIENTS, ok([]));
  const failure = await failureOf(search(BY_NAME));
  expect(failure.message).not.toMatch(/Ana|Reyes|602/);
});
