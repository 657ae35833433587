import { intendedStartsMs, play } from '../../bench/load';

/** A booking that is had when the test says so. */
function desk() {
  const open: (() => void)[] = [];
  const asked: number[] = [];
  const book = () => {
    asked.push(performance.now());
    return new Promise<string>((resolve) => open.push(() => resolve('booking')));
  };
  return { open, asked, book };
}

test('each client asks for its next booking once it has its last', async () => {
  const { open, book } = desk();
  const playing = play({ clients: 3, forMs: 0 }, book);
  expect(open).toHaveLength(3);
  open.forEach((give) => give());
  const { latenciesMs, executions } = await playing;
  expect(latenciesMs).toHaveLength(3);
  expect(executions).toEqual(['booking', 'booking', 'booking']);
  expect(open).toHaveLength(3);
});

test('clients ask until the time is up, and what was asked for is waited for', async () => {
  let asked = 0;
  const { latenciesMs, tookMs } = await play({ clients: 2, forMs: 50 }, () => {
    asked += 1;
    return new Promise((resolve) => setTimeout(() => resolve(null), 20));
  });
  expect(latenciesMs).toHaveLength(asked);
  expect(asked).toBeGreaterThanOrEqual(4);
  expect(tookMs).toBeGreaterThanOrEqual(50);
});

test('an open loop asks without waiting for those before', async () => {
  const { open, book } = desk();
  const playing = play({ perSecond: 1_000, forMs: 5 }, async () => {
    const booked = book();
    if (open.length === 5) open.forEach((give) => give());
    return booked;
  });
  expect((await playing).latenciesMs).toHaveLength(5);
});

test('a booking of an open loop is timed from when it was meant to start, though it could not start then', async () => {
  const { asked, book, open } = desk();
  const beganMs = performance.now();
  const playing = play({ perSecond: 100, forMs: 30 }, () => {
    const booked = book();
    open.at(-1)?.();
    // The machine is held up by the first one.
    while (asked.length === 1 && performance.now() - beganMs < 80);
    return booked;
  });
  const { latenciesMs } = await playing;
  const [, second = 0] = latenciesMs;
  expect(latenciesMs).toHaveLength(3);
  expect(second).toBeGreaterThanOrEqual(65);
});

test.each([
  [2, 1_000, [0, 500]],
  [4, 1_000, [0, 250, 500, 750]],
  [0.5, 1_000, [0]],
])('%d a second for %d ms are meant to start at %j', (perSecond, forMs, starts) => {
  expect(intendedStartsMs(perSecond, forMs)).toEqual(starts);
});

test('a booking that fails fails the load', async () => {
  const failing = () => Promise.reject(new Error('no slot'));
  await expect(play({ clients: 2, forMs: 1_000 }, failing)).rejects.toThrow('no slot');
  await expect(play({ perSecond: 10, forMs: 100 }, failing)).rejects.toThrow('no slot');
});
