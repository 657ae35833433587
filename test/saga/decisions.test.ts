import { randomUUID } from 'node:crypto';
import { Failure } from '../../src/booking/failures';
import type { Seen } from '../../src/booking/messages';
import { TASK_QUEUE, workflowIdOf } from '../../src/booking/names';
import type { BookingView } from '../../src/booking/schema/view';
import { runCli } from '../cli/world';
import { AUTH, testApi } from '../support/api';
import { ALWAYS } from '../support/calls';
import { adopting, atHome } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

/** A decision is for what the person saw: through each door, and not once something else is asked. */

const AWAY = { status: 401, body: { detail: 'Invalid API key' } };
const REASON = 'credentials_rejected';
const END = { choice: 'end', why: 'the patient gave up' } as const;

describe('a decision', () => {
  const rig = useSaga();

  type Kind = 'retry' | 'resolve';
  /** Sends a decision; returns the code of its refusal, or null. `resolve` means that the booking is to end. */
  type Door = (id: string, kind: Kind, seen: Record<string, unknown>) => Promise<string | null>;

  const bodyOf = (kind: Kind, seen: object) => (kind === 'retry' ? seen : { ...END, ...seen });

  const signal: Door = async (id, kind, seen) => {
    const token = randomUUID();
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(id));
    await handle.signal(kind, { ...bodyOf(kind, seen), id: token });
    const { lastRequest } = await rig.until(id, (view) => view.lastRequest?.id === token);
    return lastRequest?.code ?? null;
  };

  const client: Door = async (id, kind, seen) => {
    try {
      await (kind === 'retry' ? rig.bookings.retry(id, seen) : rig.bookings.resolve(id, { ...END, ...seen }));
      return null;
    } catch (err) {
      if (err instanceof Failure) return err.code;
      throw err;
    }
  };

  const http: Door = async (id, kind, seen) => {
    const { app } = await testApi(rig.bookings);
    const payload = bodyOf(kind, seen);
    const answer = await app.inject({
      method: 'POST',
      url: `/v1/bookings/${id}/${kind}`,
      headers: AUTH,
      payload,
    });
    await app.close();
    const said = answer.json<{ code?: string; status: number | string }>();
    if (answer.statusCode !== 200) expect(said.status).toBe(answer.statusCode);
    return said.code ?? null;
  };

  /** A booking that asks because the credentials are dead, and asks anew after each retry. */
  const asking = async (): Promise<BookingView> => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('read_order', { of: orderId, times: ALWAYS, when: 'before', answer: AWAY });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    return rig.until(booking.id, ({ attention }) => attention?.reason === REASON);
  };
  const seenIn = ({ attention }: BookingView): Required<Seen> => {
    if (!attention) throw new Error('it asks nothing');
    return { reason: attention.reason, since: attention.since };
  };
  const askingAnew = async (id: string, { since }: Required<Seen>) =>
    seenIn(await rig.until(id, ({ attention }) => attention !== null && attention.since !== since));
  const earlier = ({ since }: Required<Seen>) => new Date(Date.parse(since) - 1).toISOString();

  test.each<[string, () => Door]>([
    ['a signal', () => signal],
    ['an update', () => client],
    ['HTTP', () => http],
  ])(
    'by %s counts for the question that was seen, is refused for any other, and may leave it open',
    async (_name, doorOf) => {
      const door = doorOf();
      const { id, ...view } = await asking();
      const first = seenIn({ id, ...view });
      const others = [
        { reason: 'undo_failed' },
        { since: earlier(first) },
        { ...first, reason: 'fee_window' },
      ];
      for (const other of others) {
        expect(await door(id, 'retry', other)).toBe('attention_changed');
        expect(await door(id, 'resolve', other)).toBe('attention_changed');
      }
      // Nothing was resumed: what it asks, it asks since then.
      expect(seenIn(await rig.bookings.get(id))).toEqual(first);

      expect(await door(id, 'retry', first)).toBeNull();
      const second = await askingAnew(id, first);
      // Sent twice, it must not answer what is asked now, though the reason is the same.
      expect(await door(id, 'retry', first)).toBe('attention_changed');
      expect(await door(id, 'retry', { reason: REASON })).toBeNull();
      const third = await askingAnew(id, second);
      expect(await door(id, 'retry', { since: third.since.replace('Z', '+00:00') })).toBeNull();
      const fourth = await askingAnew(id, third);
      expect(await door(id, 'retry', {})).toBeNull();
      const fifth = await askingAnew(id, fourth);
      expect(await door(id, 'resolve', fourth)).toBe('attention_changed');
      await rig.sandbox.mend();
      expect(await door(id, 'resolve', fifth)).toBeNull();
      await rig.until(id, ({ status }) => status === 'failed');
    },
    60_000,
  );

  test('about a time that is none is malformed, and the field is named', async () => {
    const { id } = await asking();
    const since = 'yesterday';
    expect(await signal(id, 'retry', { since })).toBe('malformed_message');
    const naming = { code: 'malformed_message', facts: { field: 'since' } };
    await expect(rig.bookings.retry(id, { since })).rejects.toMatchObject(naming);
    await expect(rig.bookings.resolve(id, { ...END, since })).rejects.toMatchObject(naming);
    expect(await http(id, 'resolve', { since })).toBe('invalid_request');
    expect((await rig.bookings.get(id)).attention).not.toBeNull();
  });

  test('typed at the command line is for what is asked now, or for what was shown then', async () => {
    const view = await asking();
    const { id } = view;
    const first = seenIn(view);
    const typed = (...argv: string[]) => runCli(argv, { bookings: rig.bookings });
    const retried = await typed('retry', id);
    expect([retried.code, retried.out]).toEqual([0, expect.stringContaining(REASON)]);
    const second = await askingAnew(id, first);
    const late = await typed('retry', id, '--since', first.since);
    expect([late.code, late.err]).toEqual([6, expect.stringContaining('waits for a different decision')]);
    const lateEnd = await typed('resolve', id, 'end', '--why', 'no use', '--since', first.since);
    expect(lateEnd.code).toBe(6);
    expect(seenIn(await rig.bookings.get(id))).toEqual(second);
    await rig.sandbox.mend();
    const ended = await typed('resolve', id, 'end', '--why', 'no use', '--since', second.since);
    expect(ended.code).toBe(0);
    await rig.until(id, ({ status }) => status === 'failed');
  });

  test('about what a clean-up asks is for that question too', async () => {
    const { booking } = await rig.bookings.start(atHome());
    const { id } = booking;
    await rig.until(id, ({ status }) => status === 'confirmed');
    await rig.server.client.workflow.getHandle(workflowIdOf(id)).terminate('pressed by mistake');
    const sweep = { taskQueue: TASK_QUEUE.bookings, workflowId: `sweep:${randomUUID()}` };
    const asked = await eventually(
      async () => {
        await rig.server.client.workflow.execute('sweep', sweep);
        return rig.bookings.get(id);
      },
      ({ attention }) => attention?.reason === 'booking_cut_off',
    );
    const seen = seenIn(asked);
    const keep = { choice: 'keep', why: 'the patient wants it' } as const;
    const other = { reason: seen.reason, since: earlier(seen) };
    await expect(rig.bookings.resolve(id, { ...keep, ...other })).rejects.toMatchObject({
      code: 'attention_changed',
    });
    expect(seenIn(await rig.bookings.get(id))).toEqual(seen);
    await rig.bookings.resolve(id, { ...keep, ...seen });
    await eventually(
      () => rig.bookings.get(id),
      ({ attention }) => attention === null,
    );
  }, 60_000);
});
