import { slotsInWindows } from '../../src/booking/windows';
import { AUTH, scriptedClient, testApi } from '../support/api';
import { placedRequest } from '../support/stand-in';
import { slotAt } from '../booking/slots';

it('a slot’s offsets are shown where they contradict its zone, and only there', async () => {
  const offsets = { startsAt: '-06:00', endsAt: '-06:00' };
  const [first, second] = [
    slotAt('2026-12-07T22:00:00Z', 60, { timezone: 'America/Phoenix', offsets }),
    slotAt('2026-12-07T23:00:00Z', 60, { timezone: 'America/Phoenix' }),
  ];
  const findSlots = () => Promise.resolve({ slots: [first, second], complete: true });
  const { app } = await testApi(scriptedClient({ findSlots }));
  const payload = placedRequest();
  const answer = await app.inject({ method: 'POST', url: '/v1/slots/search', headers: AUTH, payload });
  expect([answer.statusCode, answer.json()]).toEqual([200, { slots: [first, second], complete: true }]);
  const { slots } = answer.json<{ slots: (typeof first)[] }>();
  const window = { from: '2026-12-07', to: '2026-12-07', hours: '16:00-17:00' };
  expect(slotsInWindows(slots, [window], null)).toHaveLength(2);
  await app.close();
});
