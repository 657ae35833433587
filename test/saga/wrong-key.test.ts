import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { EncryptionKeyError } from '../../src/booking/unreadable';
import type { Config } from '../../src/config';
import { connectNative } from '../../src/temporal/connection';
import { installRuntime } from '../../src/temporal/runtime';
import { atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

/** Workers with another key beside those of the bookings, as if nothing had kept them from starting. */

const BOOKINGS = 20;

const logged: string[] = [];
beforeAll(() => installRuntime(pino({ level: 'warn' }, { write: (line) => void logged.push(line) })));
// A call that the others took is unanswered: the time to look it up must be longer than it takes to be given up.
const rig = useSaga({ on: 'server', resets: [], limits: { patienceMs: 60_000 } });

/** Another key under another id, as a key file in an empty data folder would be. */
function withOtherKey(config: Config): Config {
  return { ...config, encryptionKeys: [{ id: 'file-other', key: Buffer.alloc(32, 9) }] };
}

/** A patient has one live appointment at a provider, so each booking is another patient's. */
function ofSomebody(): Record<string, unknown> {
  const { patient, ...rest } = atHome();
  return { ...rest, patient: { ...Object(patient), userId: randomUUID() } };
}

test('wedge no booking: they stop by themselves, and each booking goes on, is confirmed and can be cancelled', async () => {
  const { bookings, until } = rig;
  const connection = await connectNative(rig.server.target);
  const other = await rig.createWorkers(withOtherKey(rig.config), connection);
  const ended = other.run().then(
    () => null,
    (err: unknown) => err,
  );
  await rig.sandbox.control('slots', { capacity: BOOKINGS });
  const started = await Promise.all(Array.from({ length: BOOKINGS }, () => bookings.start(ofSomebody())));
  const ids = started.map(({ booking }) => booking.id);
  const err = await ended;
  await connection.close();
  expect(err).toBeInstanceOf(EncryptionKeyError);
  expect(err).toMatchObject({ message: expect.stringContaining('the key "test"') });
  await Promise.all(ids.map((id) => until(id, ({ status }) => status === 'confirmed', 90_000)));
  await Promise.all(ids.map((id) => bookings.cancel(id, { reason: 'enough' })));
  await Promise.all(ids.map((id) => until(id, ({ status }) => status === 'cancelled', 60_000)));
}, 240_000);
