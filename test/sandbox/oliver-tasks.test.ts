import { until } from './junction-client';
import { ask, bookFirst, firstTime, startOliver, statusOf, type Oliver, type Task } from './oliver-client';

/** Staff tasks, the only way to a cancellation (docs/providers.md#what-oliver-lacks). */

let oliver: Oliver;
beforeEach(async () => {
  oliver = await startOliver();
  await oliver.control('clinic', { completesTasks: false });
});
afterEach(() => oliver.close());

const finish = (task: Task): Promise<unknown> =>
  oliver.control(`staff_tasks/${task.id}`, { status: 'completed' });

describe('a completed task', () => {
  test.each<[words: string, text: (id: number) => Record<string, unknown>]>([
    ['the title', (id) => ({ title: `Cancel appointment ${id}` })],
    ['the description', (id) => ({ title: 'Please help', description: `Canceled by the client: #${id}.` })],
    [
      'both',
      (id) => ({ title: 'Cancellation request', description: `Appointment ID: ${id}\nref b1/book/1` }),
    ],
    ['two ids, the first of which is meant', (id) => ({ title: `Cancel ${id}, replaced by ${id + 1}` })],
  ])('deletes the appointment that it asks to cancel by id, in %s', async (_words, text) => {
    const { id } = await bookFirst(oliver);
    const kept = await bookFirst(oliver);
    await finish(await ask(oliver, text(id)));
    expect(await statusOf(oliver, id)).toBe('DELETED');
    expect((await oliver.state()).live.appointments).toEqual([String(kept.id)]);
  });

  test('deletes the one appointment of client and patient at its reference time', async () => {
    const { start } = await firstTime(oliver);
    const { id } = await bookFirst(oliver);
    const people = { client_id: '301', patient_id: '701' };
    await finish(await ask(oliver, { title: 'Cancel this visit', ...people, reference_time_at: start }));
    expect(await statusOf(oliver, id)).toBe('DELETED');
  });

  test.each<[why: string, task: (id: number) => Record<string, unknown>]>([
    ['it does not ask for a cancellation', (id) => ({ title: `Confirm appointment ${id}` })],
    ['it names no appointment', () => ({ title: 'Cancel', description: 'the visit' })],
    ['the number is part of something else', (id) => ({ title: `Cancel booking-${id}` })],
    [
      'its reference time is another',
      () => ({ title: 'Cancel', client_id: '301', reference_time_at: '2031-01-01T00:00:00Z' }),
    ],
  ])('deletes nothing when %s', async (_why, task) => {
    const { id } = await bookFirst(oliver);
    const asked = await ask(oliver, task(id));
    await finish(asked);
    expect(await statusOf(oliver, id)).toBe('ACCEPTED');
    expect((await oliver.state()).staffTasks).toMatchObject([{ id: asked.id, status: 'completed' }]);
  });

  test('deletes nothing of another practice', async () => {
    const { id } = await bookFirst(oliver);
    const body = { title: `Cancel appointment ${id}` };
    await oliver.call('POST', '/staff_tasks', body, { 'x-client-id': '2' });
    await oliver.control('clinic', { completesTasks: true, afterTaskMs: 0 });
    await until(
      async () => (await oliver.state()).staffTasks,
      ([task]) => task?.status === 'completed',
    );
    expect(await statusOf(oliver, id)).toBe('ACCEPTED');
  });
});

test('the clinic completes tasks by itself after a while, also those that waited', async () => {
  const { id } = await bookFirst(oliver);
  await ask(oliver, { title: `Cancel appointment ${id}` });
  await oliver.control('clinic', { completesTasks: true, afterTaskMs: 20 });
  await until(
    () => statusOf(oliver, id),
    (seen) => seen === 'DELETED',
  );
  const next = await bookFirst(oliver);
  await ask(oliver, { title: `Cancel appointment ${next.id}` });
  await until(
    () => statusOf(oliver, next.id),
    (seen) => seen === 'DELETED',
  );
});

test('a cancelled task is not acted on', async () => {
  const { id } = await bookFirst(oliver);
  const task = await ask(oliver, { title: `Cancel appointment ${id}` });
  expect((await oliver.call('DELETE', `/staff_tasks/${task.id}`)).body).toMatchObject({ success: true });
  await finish(task);
  expect(await statusOf(oliver, id)).toBe('ACCEPTED');
  expect((await oliver.state()).staffTasks).toMatchObject([{ status: 'canceled' }]);
});

test('a task is made, read, changed and cancelled; only what is given changes', async () => {
  const body = {
    title: 'Call back',
    client_id: '301',
    patient_id: '701',
    reference_time_at: '2031-01-01T09:00:00Z',
  };
  const answer = await oliver.call('POST', '/staff_tasks', body);
  const made = { ...body, task_type: 'task', status: 'pending', description: '', finalized_at: null };
  expect(answer).toMatchObject({ status: 201, body: { success: true, data: made } });
  const [task] = (await oliver.state()).staffTasks;
  const path = `/staff_tasks/${task?.id}`;
  expect((await oliver.call('GET', path)).body).toMatchObject({ data: made });
  const done = await oliver.call('PUT', path, { status: 'completed', description: 'did' });
  const finalized = {
    ...made,
    description: 'did',
    status: 'completed',
    finalized_at: expect.any(String) as unknown,
  };
  expect(done.body).toMatchObject({ data: finalized });
  const back = await oliver.call('PUT', path, { status: 'pending' });
  expect(back.body).toMatchObject({ data: { status: 'pending', finalized_at: null } });
});

test('a partner who completes a task cancels nothing by that', async () => {
  const { id } = await bookFirst(oliver);
  const task = await ask(oliver, { title: `Cancel appointment ${id}` });
  await oliver.call('PUT', `/staff_tasks/${task.id}`, { status: 'completed' });
  expect(await statusOf(oliver, id)).toBe('ACCEPTED');
});

test('tasks are listed by status and page', async () => {
  const tasks = [
    await ask(oliver, { title: 'a' }),
    await ask(oliver, { title: 'b' }),
    await ask(oliver, { title: 'c' }),
  ];
  await oliver.call('DELETE', `/staff_tasks/${tasks[1]?.id}`);
  expect((await oliver.call('GET', '/staff_tasks?status=pending&per_page=1&page=1')).body).toMatchObject({
    data: { page: 1, per_page: 1, total_pages: 2, total_count: 2, content: [{ id: tasks[2]?.id }] },
  });
});

test.each<[what: string, method: string, path: string, body: object | undefined, status: number]>([
  ['a task without a title', 'POST', '/staff_tasks', {}, 400],
  ['an unknown client', 'POST', '/staff_tasks', { title: 'a', client_id: '9' }, 400],
  ['an unknown patient', 'POST', '/staff_tasks', { title: 'a', patient_id: '9' }, 400],
  ['a type that the contract does not know', 'POST', '/staff_tasks', { title: 'a', task_type: 'x' }, 400],
  ['reading a task that is not there', 'GET', '/staff_tasks/9', undefined, 404],
  ['changing a task that is not there', 'PUT', '/staff_tasks/9', { title: 'a' }, 404],
  ['cancelling a task that is not there', 'DELETE', '/staff_tasks/9', undefined, 404],
])('refuses %s', async (_what, method, path, body, status) => {
  expect(await oliver.call(method, path, body)).toMatchObject({ status, body: { success: false } });
});
