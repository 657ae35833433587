import type { CancelAnswer } from '../../../activities/contract';
import { test } from '../case';
import { eventually, type Cases, type Trial } from '../desk';
import { LOST_IN_SHORT } from '../faults';

/** Cancelling: safe to repeat, safe when there is nothing, and by a call or by the provider's staff. */
export const cancelCases: Cases = (desk, { cancelBy }) => {
  /** The cancellation has come about: by the call itself, or once the staff has done its task. */
  const expectGone = async (trial: Trial, id: string): Promise<void> => {
    if (cancelBy === 'staff_task') {
      // Asked for is not done: until the staff acts it still stands, and the saga waits.
      expect((await trial.look()).live).toMatchObject([{ id }]);
      await desk().hand.staffActs();
      await eventually(trial.look, isEmpty);
    }
    expect(await trial.look()).toMatchObject({ live: [], ended: [{ id, phase: 'cancelled' }] });
    expect((await desk().hand.live()).appointments).toBe(0);
  };
  /** Done by the call itself, or the staff is asked. */
  const isDone = (answer: CancelAnswer, id: string): void =>
    expect(answer).toMatchObject({ is: cancelBy === 'call' ? 'ended' : 'asked', appointment: { id } });
  const isEmpty = ({ live }: Awaited<ReturnType<Trial['look']>>): boolean => live.length === 0;

  test('what is cancelled is no longer live', async () => {
    const trial = await desk().open();
    const { id } = await trial.held();
    isDone(await trial.cancel(id), id);
    await expectGone(trial, id);
  });

  test('cancelling twice is cancelling once', async () => {
    const trial = await desk().open();
    const { id } = await trial.held();
    isDone(await trial.cancel(id), id);
    isDone(await trial.cancel(id), id);
    // Staff that is asked twice may do it twice; what the look shows as ended is not cancelled again.
    expect(desk().hand.made('cancel')).toHaveLength(1);
    await expectGone(trial, id);
    expect(await trial.cancel(id)).toMatchObject({
      is: 'ended',
      byUs: cancelBy === 'call',
      appointment: { id, phase: 'cancelled' },
    });
  });

  test('cancelling what the provider itself took back is a success', async () => {
    const trial = await desk().open(desk().subject.request(desk().subject.patience));
    await desk().hand.plan('decline');
    const { id } = await trial.held();
    await eventually(trial.look, isEmpty);
    expect(await trial.cancel(id)).toMatchObject({
      is: 'ended',
      byUs: false,
      appointment: { id, phase: 'cancelled' },
    });
    expect(desk().hand.made('cancel')).toEqual([]);
  });

  test.each(LOST_IN_SHORT)(
    'cancelled, but the answer is lost to $how: unknown, and safe to repeat',
    async ({ answer, limitMs }) => {
      const trial = await desk().open();
      const { id } = await trial.held();
      await desk().hand.fault('cancel', { when: 'after', answer });
      expect(await trial.cancel(id, limitMs)).toMatchObject({ is: 'unknown', accepted: false });
      expect(await trial.cancel(id)).toMatchObject({
        is: cancelBy === 'call' ? 'ended' : 'asked',
        appointment: { id },
      });
      await expectGone(trial, id);
      if (cancelBy === 'staff_task') expect(desk().hand.made('cancel')).toHaveLength(1);
    },
  );

  test.each(LOST_IN_SHORT)(
    'not cancelled, and the answer is lost to $how: it still stands',
    async ({ answer, limitMs }) => {
      const trial = await desk().open();
      const { id } = await trial.held();
      await desk().hand.fault('cancel', { when: 'before', answer });
      expect(await trial.cancel(id, limitMs)).toMatchObject({ is: 'unknown' });
      expect(await trial.ownership()).toMatchObject({ is: 'ours', appointment: { id } });
      isDone(await trial.cancel(id), id);
      await expectGone(trial, id);
    },
  );

  if (cancelBy === 'staff_task') return;

  test('an answer of 200 is not yet proof: what it shows still standing, and what a read does, is not undone', async () => {
    const trial = await desk().open();
    const { id } = await trial.held();
    const body = desk().hand.made('book').at(-1)?.answer;
    await desk().hand.fault('cancel', { when: 'before', answer: { status: 200, body } });
    expect(await trial.cancel(id)).toMatchObject({ is: 'unknown', accepted: false, appointment: { id } });
    expect(await trial.ownership()).toMatchObject({ is: 'ours', appointment: { id } });
    isDone(await trial.cancel(id), id);
    await expectGone(trial, id);
  });

  test.each([
    ['before' as const, { is: 'unknown', accepted: true }],
    ['after' as const, { is: 'ended', byUs: true }],
  ])('"already cancelled", said %s it is: the read decides', async (when, expected) => {
    const trial = await desk().open();
    const { id } = await trial.held();
    const body = desk().subject.errorBody('This appointment has already been cancelled.');
    await desk().hand.fault('cancel', { when, answer: { status: 400, body } });
    expect(await trial.cancel(id)).toMatchObject({ ...expected, appointment: { id } });
  });
};
