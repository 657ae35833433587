import { workflowIdOf } from '../../../src/booking/names';
import { ALWAYS } from '../../support/calls';
import { sweepUp } from '../../support/sweeps';
import { useWorld } from './world';

/**
 * A practice whose list of appointments has a row that cannot be read. Before the first write of a booking nothing of it
 * can be there, so the booking goes on. After a call that was not answered, the row may be its effect.
 */

const world = useWorld();

const PARTIAL = {
  status: 200,
  body: { success: true, data: { content: [null], page: 0, per_page: 100, total_pages: 1, total_count: 1 } },
};
const showsNoRow = () =>
  world.rig.clinic.fail('list_appointments', { when: 'before', answer: PARTIAL, times: ALWAYS });
const mend = () => world.rig.clinic.mend();

test('does not hold up a booking that has made nothing yet', async () => {
  await showsNoRow();
  const id = await world.start(await world.request('practice'));
  const view = await world.confirmed(id);
  expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
  await mend();
  await world.stands(view);
  await world.cancelled(id);
});

test('of staff tasks holds up no first cancel', async () => {
  const tasks = { ...PARTIAL, body: { ...PARTIAL.body, data: { ...PARTIAL.body.data, content: [null, 7] } } };
  await world.rig.clinic.fail('list_tasks', { when: 'before', answer: tasks, times: ALWAYS });
  const id = await world.start(await world.request('practice'));
  await world.confirmed(id);
  await world.cancelled(id);
});

test('proves no absence after a create that was not answered, and shows nothing as new', async () => {
  await showsNoRow();
  const before = await creates();
  const gateway = { status: 504, body: 'Gateway Timeout' };
  await world.rig.clinic.fail('create_appointment', { when: 'after', answer: gateway });
  const id = await world.start(await world.request('practice'));
  const unread = await world.asked(id);
  expect(unread.attention?.reason).toBe('provider_unavailable');
  expect(await creates()).toBe(before + 1);

  await mend();
  await world.rig.bookings.retry(id, { by: 'tests' });
  const seen = await world.rig.until(id, ({ attention }) => attention?.reason === 'ambiguous_match');
  expect(seen.appointment).toBeNull();
  expect(await creates()).toBe(before + 1);
});

describe('an appointment of the same client at the same start, made by the desk while the list was not read whole', () => {
  const LOADED = { status: 429, body: { success: false, message: 'slow down' } };
  const LOST = { status: 504, body: 'Gateway Timeout' };

  /** A booking that asks after its create came to no answer, and what the desk made meanwhile. */
  async function askingBeside(answer: typeof LOADED | typeof LOST) {
    await showsNoRow();
    await world.rig.clinic.fail('create_appointment', { when: 'before', answer, times: ALWAYS });
    const { id: clientId, patientId, remoteId } = await world.client();
    const patient = { remoteId: remoteId.replace('C', 'P') };
    const id = await world.start(await world.request('practice', { client: { remoteId }, patient }));
    const asking = await world.asked(id);
    const startsAt = String(asking.attempts[0]?.startsAt);
    const made = (await world.rig.clinic.control('appointments', {
      client_id: clientId,
      patient_id: patientId,
      start_at: startsAt,
      end_at: new Date(Date.parse(startsAt) + 1_200_000).toISOString(),
      status: 'ACCEPTED',
    })) as { id: string }; // the sandbox's own answer
    await mend();
    return { id, asking, made };
  }
  const isLive = async (id: string) => (await world.rig.clinic.state()).live.appointments.includes(id);

  test.each([
    ['refused for load', LOADED],
    ['lost', LOST],
  ])('is not taken for what a call made that was %s', async (_how, answer) => {
    const { id, made } = await askingBeside(answer);
    await world.rig.bookings.retry(id, { by: 'tests' });
    const view = await world.rig.until(
      id,
      ({ status, attention }) => status === 'confirmed' || attention?.reason === 'ambiguous_match',
    );
    expect(view).toMatchObject({ appointment: null, attention: { reason: 'ambiguous_match' } });
    expect(await isLive(made.id)).toBe(true);
  });

  test('is not cancelled by the clean-up after a booking that was cut off', async () => {
    const { id, made } = await askingBeside(LOST);
    const { client } = world.rig.server;
    await client.workflow.getHandle(workflowIdOf(id)).terminate('by a test');
    await sweepUp(world.rig.server, id);
    const view = await world.rig.until(
      id,
      ({ attention, compensation }) =>
        attention?.reason === 'ambiguous_match' || compensation.some(({ outcome }) => outcome === 'undone'),
    );
    expect(view.attention?.reason).toBe('ambiguous_match');
    expect(await isLive(made.id)).toBe(true);
  });
});

async function creates(): Promise<number> {
  return (await world.rig.clinic.callsOf('create_appointment')).length;
}
