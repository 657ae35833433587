import { appointmentWire, createdWire } from '../../../src/providers/oliver/wire';
import {
  BOOKING,
  BOOKING_ID,
  BY_REMOTE_ID,
  CLIENT,
  CLIENTS,
  CREATE,
  CREATED,
  LIST,
  listed,
  NEW_TASK,
  ok,
  page,
  PATIENT,
  PATIENTS,
  TASKS,
} from './fixtures';
import { failureOf, oliverStage, whereOf } from './setup';

/**
 * Ids past 2^53, which JSON writes as integers and a JavaScript number does not hold: two of them are one number. They keep
 * their digits from the answer to create through the list to the staff task that names the appointment.
 */

const stage = oliverStage();
const START = '2026-12-07T22:00:00Z';
const ID = '9007199254740993';
/** The number that a JavaScript number makes of it: another appointment's. */
const NEXT_ID = '9007199254740992';

/** An answer whose ids are JSON integers, written out. */
const exactly = (answer: { body: unknown }) => ({
  body: JSON.stringify(answer.body).replace(/"#(\d+)"/g, '$1'),
});

const look = (provider: ReturnType<ReturnType<typeof stage>['provider']>, ownIds: string[] = []) =>
  provider.lookUp(stage().call(), { ...whereOf(BY_REMOTE_ID, START, ownIds), fresh: true });

const rows = () =>
  exactly(
    page([
      listed({ id: `#${NEXT_ID}`, remote_client_id: 'C-2', remote_patient_id: 'P-2' }),
      listed({ id: `#${ID}` }),
    ]),
  );

test('a lost answer is found again, and the clinic is asked to cancel the very appointment', async () => {
  const provider = stage().provider();
  stage().signsIn();
  stage().resolves();
  stage().server.expect(CREATE, 'reset');
  const booking = { ...BOOKING, request: BY_REMOTE_ID };
  expect((await failureOf(provider.book(stage().call(), booking))).code).toBe('outcome_unknown');

  stage().server.expect(LIST, rows());
  const [seen] = (await look(provider)).live;
  if (!seen) throw new Error('it is there');
  expect(seen.id).toBe(ID);

  const title = `Cancel appointment ${ID}`;
  stage().server.expect(
    TASKS,
    page([{ id: '8', title: `Cancel appointment ${NEXT_ID}`, status: 'pending' }]),
  );
  stage().server.expect(NEW_TASK, exactly(ok({ id: '#9007199254740995', status: 'pending', title })));
  const asked = await provider.cancelAppointment(stage().call(), {
    orderId: null,
    appointmentId: seen.id,
    request: BY_REMOTE_ID,
    bookingId: BOOKING_ID,
    seen,
    reason: null,
  });
  expect(asked).toMatchObject({ id: ID, reason: expect.stringContaining('task 9007199254740995') as string });
  expect(stage().sent(NEW_TASK)[0]?.body).toMatchObject({ title });

  stage().server.expect(LIST, exactly(page([listed({ id: `#${ID}`, status: 'DELETED' })])));
  const { live, ended } = await look(provider, [ID]);
  expect([live, ended.map(({ id }) => id)]).toEqual([[], [ID]]);
});

test('an integer in create and text in the list are one appointment', async () => {
  const provider = stage().provider();
  stage().signsIn();
  stage().resolves();
  stage().server.expect(CREATE, exactly(ok({ ...CREATED, id: `#${ID}` })));
  const made = await provider.book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID });
  stage().server.expect(LIST, page([listed({ id: ID })]));
  const { live } = await look(provider, [made.id]);
  expect([made.id, live.map(({ id }) => id)]).toEqual([ID, [ID]]);
});

test('so are a client’s and a patient’s', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, exactly(ok([{ ...CLIENT, id: `#${ID}` }])));
  stage().server.expect(PATIENTS, exactly(ok([{ ...PATIENT, id: `#${ID}` }])));
  stage().server.expect(LIST, page([]));
  await look(stage().provider());
  expect(stage().sent(PATIENTS)[0]?.query.get('client_id')).toBe(ID);
});

test('what is no exact integer any more is no id: the answer to create is unclear then', () => {
  for (const id of [2 ** 53, 1e21, -1e300, 0.5]) {
    expect(createdWire.safeParse({ ...CREATED, id }).success).toBe(false);
    expect(appointmentWire.parse(listed({ id })).id).toBeNull();
  }
});
