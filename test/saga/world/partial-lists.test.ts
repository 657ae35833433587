import { ALWAYS } from '../../support/calls';
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

async function creates(): Promise<number> {
  return (await world.rig.clinic.callsOf('create_appointment')).length;
}
