import { useWorld, type Lane } from './world';

/** Whole bookings behind gateways that answer for the vendor. */

// All waits together are within patience.
const world = useWorld({ limits: { patienceMs: 30_000 } });

const page = (status: number) => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>Gateway</title></head><body>…</body></html>',
});
test.each<[Lane, number[]]>([
  ['home', [408, 421]],
  ['site', [425, 520]],
  ['practice', [502, 408]],
])('%s: reads that a gateway refuses with %j are repeated, and nobody is asked', async (lane, statuses) => {
  const faults = statuses.map((status) => ({ answer: page(status) }));
  if (lane === 'practice') await world.rig.clinic.fail('open_times', ...faults);
  else await world.rig.sandbox.fail('availability', ...faults);
  const id = await world.start(await world.request(lane));
  const view = await world.rig.until(
    id,
    ({ status, attention }) => status === 'confirmed' || attention !== null,
  );
  expect(view).toMatchObject({
    status: 'confirmed',
    attention: null,
    attempts: [{ outcome: 'confirmed' }],
  });
  await world.stands(view);
  await world.cancelled(id);
});

test.each<[Lane, number]>([
  ['home', 408],
  ['site', 425],
  ['practice', 520],
  ['home', 421],
])('%s: a book that went through is found behind %d', async (lane, status) => {
  const fault = { when: 'after', answer: page(status) } as const;
  if (lane === 'practice') await world.rig.clinic.fail('create_appointment', fault);
  else await world.rig.sandbox.fail('book', fault);
  const id = await world.start(await world.request(lane));
  const view = await world.confirmed(id);
  expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
  await world.stands(view);
  await world.cancelled(id);
});

test.each(['imf', 'rfc850', 'asctime'] as const)(
  'home: a Retry-After in the form %s is waited for, and no longer than it says',
  async (as) => {
    const WAIT_MS = 700;
    const body = { detail: 'Too Many Requests' };
    await world.rig.sandbox.fail('availability', {
      answer: { status: as === 'imf' ? 503 : 429, body, retryAfter: { inMs: WAIT_MS, as } },
    });
    const id = await world.start(await world.request('home'));
    await world.stands(await world.confirmed(id));
    const [refused, again, more] = (await world.rig.sandbox.callsOf('availability')).map(({ at }) =>
      Date.parse(at),
    );
    expect(more).toBeUndefined();
    const waitedMs = Number(again) - Number(refused);
    expect(waitedMs).toBeGreaterThanOrEqual(WAIT_MS);
    // A date that was read in another zone would be hours away, or long past.
    expect(waitedMs).toBeLessThan(8_000);
    await world.cancelled(id);
  },
);
