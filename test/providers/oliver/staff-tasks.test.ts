import { toAppointment } from '../../../src/providers/oliver/parse';
import { appointmentWire } from '../../../src/providers/oliver/wire';
import type { CancelCall } from '../../../src/providers/provider';
import {
  BOOKING_ID,
  BY_REMOTE_ID,
  CLIENTS,
  LIST,
  listed,
  NEW_TASK,
  ok,
  page,
  PATIENTS,
  refusal,
  TASKS,
  ZONE,
} from './fixtures';
import { failureOf, oliverStage } from './setup';

const stage = oliverStage();
const TITLE = 'Cancel appointment 123';
const TASK = { id: '9', status: 'pending', title: TITLE, description: 'Please …' };
const CREATED_TASK = { status: 201, body: { success: true, data: TASK } };

/** As the look before the call showed it. */
const seen = (more: Record<string, unknown> = {}) =>
  toAppointment(appointmentWire.parse(listed(more)), { timezone: ZONE, capabilities: {} }, () => undefined);

const cancel = (provider = stage().provider(), more: Partial<CancelCall> = {}) =>
  provider.cancelAppointment(stage().call(), {
    orderId: null,
    appointmentId: '123',
    request: BY_REMOTE_ID,
    bookingId: BOOKING_ID,
    seen: seen(),
    reason: null,
    ...more,
  });

const taskSent = () => stage().sent(NEW_TASK)[0]?.body;

test('the clinic is asked by one staff task; the appointment stands until the clinic deletes it', async () => {
  stage().signsIn();
  stage().server.expect(TASKS, page([]));
  stage().resolves();
  stage().server.expect(NEW_TASK, CREATED_TASK);
  expect(await cancel(stage().provider(), { seen: seen({ remote_id: '4711' }) })).toMatchObject({
    id: '123',
    phase: 'pending',
    reason: 'the clinic is asked to cancel by staff task 9, pending',
  });
  expect(taskSent()).toEqual({
    title: TITLE,
    description: [
      'Please cancel appointment 123 (4711 in your own system) on Monday, December 7, 2026 at 4:00 PM (America/Chicago).',
      'It was booked through the partner API, which cannot cancel; deleting or declining it in Oliver is enough.',
      `Booking ${BOOKING_ID}, as at the end of the appointment's note.`,
      'Reference: recall-77.',
    ].join('\n'),
    task_type: 'task',
    client_id: '11',
    patient_id: '77',
    reference_time_at: '2026-12-07T22:00:00.000Z',
  });
});

test('the clinic is told the time by the clock that it wrote', async () => {
  stage().signsIn();
  stage().server.expect(TASKS, page([]));
  stage().resolves();
  stage().server.expect(NEW_TASK, CREATED_TASK);
  await cancel(stage().provider(), { seen: seen({ booking_date: '2026-12-07T16:00:00-07:00' }) });
  expect(taskSent()).toMatchObject({
    description: expect.stringContaining(
      'on Monday, December 7, 2026 at 4:00 PM (America/Chicago)',
    ) as string,
    reference_time_at: '2026-12-07T23:00:00.000Z',
  });
});

test('the caller’s reason is told to the clinic', async () => {
  stage().signsIn();
  stage().server.expect(TASKS, page([]));
  stage().resolves();
  stage().server.expect(NEW_TASK, CREATED_TASK);
  await cancel(stage().provider(), { reason: 'Moved away' });
  expect(taskSent()).toMatchObject({ description: expect.stringContaining('Reason: Moved away.') as string });
});

test('an open task of ours is left to stand, on whichever page it is', async () => {
  stage().signsIn();
  const pages = { total_pages: 2, total_count: 2 };
  stage().server.expect(TASKS, page([{ ...TASK, id: '8', title: 'Cancel appointment 1234' }], pages));
  stage().server.expect(TASKS, page([TASK], pages));
  expect(await cancel()).toMatchObject({ id: '123', reason: expect.stringContaining('task 9') as string });
  expect(
    stage()
      .sent(TASKS)
      .map(({ query }) => [query.get('status'), query.get('page')]),
  ).toEqual([
    ['pending', '0'],
    ['pending', '1'],
  ]);
});

test.each(['completed', 'canceled'])(
  'a task that is %s while the appointment stands is not an open one',
  async (status) => {
    stage().signsIn();
    stage().server.expect(TASKS, page([{ ...TASK, status }]));
    stage().resolves();
    stage().server.expect(NEW_TASK, CREATED_TASK);
    expect(await cancel()).toMatchObject({ id: '123' });
  },
);

test('the list is not read: what the look before showed is what the clinic is told', async () => {
  stage().signsIn();
  stage().server.expect(TASKS, page([]));
  stage().resolves();
  stage().server.expect(NEW_TASK, CREATED_TASK);
  await cancel(stage().provider(), { seen: seen({ booking_date: null }) });
  expect(stage().sent(LIST)).toEqual([]);
  expect(taskSent()).not.toHaveProperty('reference_time_at');
});

test('a client who is gone does not keep the clinic from being asked', async () => {
  stage().signsIn();
  stage().server.expect(TASKS, page([]));
  stage().server.expect(CLIENTS, ok([]));
  stage().server.expect(NEW_TASK, CREATED_TASK);
  await cancel();
  expect(taskSent()).not.toHaveProperty('client_id');
  expect(stage().sent(PATIENTS)).toEqual([]);
});

test('a lost answer is unknown; the next try finds the task and makes no second', async () => {
  const provider = stage().provider();
  stage().signsIn();
  stage().server.expect(TASKS, page([]));
  stage().resolves();
  stage().server.expect(NEW_TASK, 'reset');
  expect((await failureOf(cancel(provider))).code).toBe('outcome_unknown');
  stage().server.expect(TASKS, page([TASK]));
  expect(await cancel(provider)).toMatchObject({ reason: expect.stringContaining('task 9') as string });
  expect(stage().sent(NEW_TASK)).toHaveLength(1);
});

test('a task that the practice refuses is a refusal that somebody has to understand', async () => {
  stage().signsIn();
  stage().server.expect(TASKS, page([]));
  stage().resolves();
  stage().server.expect(NEW_TASK, refusal(400, 'title is required'));
  expect(await failureOf(cancel())).toMatchObject({ code: 'outcome_unknown', facts: { isRefusal: true } });
});
