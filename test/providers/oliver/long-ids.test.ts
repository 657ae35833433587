import { requestSchema, type BookingRequest } from '../../../src/booking/schema/request';
import {
  BOOKING,
  BY_REMOTE_ID,
  CLIENT,
  CLIENTS,
  CREATE,
  CREATED,
  LIST,
  NEW_TASK,
  PATIENT,
  PATIENTS,
  TASKS,
} from './fixtures';
import { oliverStage, whereOf } from './setup';

/** Integers that a JavaScript number takes for their neighbours. */
const CLIENT_ID = '9007199254740993';
const PATIENT_ID = '9007199254740995';
const APPOINTMENT_ID = '9223372036854775807';

const stage = oliverStage();

const request: BookingRequest = { ...BY_REMOTE_ID, client: { id: CLIENT_ID }, patient: { id: PATIENT_ID } };

/** A success as JSON text, with the ids in it as integers of all their digits. */
function answered(data: unknown): { body: string } {
  return { body: JSON.stringify({ success: true, data }).replace(/"id":"(\d{16,})"/g, '"id":$1') };
}

/** Adds the lines of resolving the client and the patient. */
function resolves(): void {
  stage().server.expect(`${CLIENTS}/${CLIENT_ID}`, answered({ ...CLIENT, id: CLIENT_ID }));
  const neighbour = { ...PATIENT, id: '9007199254740994', name: 'Tom' };
  stage().server.expect(PATIENTS, answered([neighbour, { ...PATIENT, id: PATIENT_ID }]));
}

test('a create names client and patient by integers of all their digits, and its answer’s id keeps them', async () => {
  stage().signsIn();
  resolves();
  stage().server.expect(CREATE, answered({ ...CREATED, id: APPOINTMENT_ID }));
  const { id } = await stage()
    .provider()
    .book(stage().call(), { ...BOOKING, request });
  expect(id).toBe(APPOINTMENT_ID);
  const [sent] = stage().sent(CREATE);
  expect(sent?.text).toContain(`"client_id":${CLIENT_ID},`);
  expect(sent?.text).toContain(`"patient_id":${PATIENT_ID},`);
  expect(stage().sent(PATIENTS)[0]?.query.get('client_id')).toBe(CLIENT_ID);
});

test('a short id as text is the same integer as a number', async () => {
  stage().signsIn();
  stage().server.expect(`${CLIENTS}/11`, answered(CLIENT));
  stage().server.expect(PATIENTS, answered([PATIENT]));
  stage().server.expect(CREATE, answered(CREATED));
  const asText = { ...BY_REMOTE_ID, client: { id: '11' }, patient: { id: '77' } };
  await stage()
    .provider()
    .book(stage().call(), { ...BOOKING, request: asText });
  expect(stage().sent(CREATE)[0]?.body).toMatchObject({ client_id: 11, patient_id: 77 });
});

test('an appointment with a long id is found, and the clinic is asked to cancel that one', async () => {
  stage().signsIn();
  resolves();
  const neighbour = {
    ...CREATED,
    id: '9223372036854775806',
    remote_client_id: 'C-2',
    remote_patient_id: 'P-2',
  };
  const content = [neighbour, { ...CREATED, id: APPOINTMENT_ID }];
  stage().server.expect(LIST, answered({ page: 0, per_page: 100, total_pages: 1, total_count: 2, content }));
  const provider = stage().provider();
  const { live } = await provider.lookUp(
    stage().call(),
    whereOf(request, BOOKING.startsAt, [APPOINTMENT_ID]),
  );
  expect(live.map(({ id }) => id)).toEqual([APPOINTMENT_ID]);

  const [seen] = live;
  if (!seen) throw new Error('the appointment was not found');
  stage().server.expect(
    TASKS,
    answered({ page: 0, per_page: 100, total_pages: 1, total_count: 0, content: [] }),
  );
  stage().server.expect(NEW_TASK, answered({ id: '9007199254740997', status: 'pending' }));
  const cancel = { orderId: null, appointmentId: APPOINTMENT_ID, seen, request, reason: null };
  await provider.cancelAppointment(stage().call(), cancel);
  expect(stage().sent(NEW_TASK)[0]?.body).toMatchObject({ title: `Cancel appointment ${APPOINTMENT_ID}` });
});

describe('a request names a client and a patient', () => {
  const asking = (id: unknown) =>
    requestSchema.safeParse({ provider: 'oliver', client: { id }, patient: { id } });

  test.each([0, 11, 9_007_199_254_740_991, '0', '11', CLIENT_ID, APPOINTMENT_ID])('by %p', (id) => {
    expect(asking(id).data).toMatchObject({ client: { id }, patient: { id } });
  });

  test.each([
    1.5,
    9_007_199_254_740_992,
    1e21,
    NaN,
    '',
    '011',
    '-1',
    '1.0',
    '1e3',
    ' 1',
    '\u0661',
    '9'.repeat(20),
    true,
    {},
  ])('and not by %p; told what is right, without the value', (id) => {
    const [issue] = asking(id).error?.issues ?? [];
    expect(issue).toMatchObject({
      path: ['patient', 'id'],
      message: expect.stringContaining('as text of its digits'),
    });
    expect(issue?.message).not.toContain('011');
  });
});
