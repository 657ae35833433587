import { test } from '../case';
import { eventually, refusal, retried, type Cases } from '../desk';

/** A patient with other visits, and what the provider does to ours behind our back. */
export const otherVisitCases: Cases = (desk, { orderKind, cancelBy, moveKeepsId, refReturns }) => {
  test('an appointment that the provider moved far away is still ours, wherever in time it is', async () => {
    const trial = await desk().open();
    const { id, startsAt } = await trial.held();
    const to = later(startsAt ?? '', FAR_DAYS);
    const moved = await desk().hand.move(id, to);
    expect(moved === id).toBe(moveKeepsId);
    // Without its id and without a ref nothing tells whose it is: then the saga asks a person.
    if (!moveKeepsId && !refReturns) return;
    const seen = await eventually(trial.look, ({ live }) => live.some((one) => one.id === moved));
    const ours = seen.live.find((one) => one.id === moved);
    expect(Date.parse(ours?.startsAt ?? '')).toBe(Date.parse(to));
    expect(await trial.ownership()).toMatchObject({ is: 'ours', appointment: { id: moved } });
  });

  test('an appointment of ours that is not shown is missing: nothing is concluded, and nothing sent', async () => {
    const { hideNew } = desk().hand;
    if (!hideNew) return expect(orderKind).not.toBeNull();
    const trial = await desk().open();
    await hideNew();
    const { id } = await trial.held();
    expect(await refusal(trial.look())).toEqual(retried('appointment_missing'));
    expect(await refusal(trial.cancel(id))).toEqual(retried('appointment_missing'));
    expect(desk().hand.made('cancel')).toEqual([]);
    expect((await desk().hand.live()).appointments).toBe(1);
  });

  if (orderKind !== null) return;

  test('another visit of the patient is not ours, and stays when ours is cancelled', async () => {
    const trial = await desk().open();
    const other = later(trial.slot().startsAt, -1);
    const endsAt = new Date(Date.parse(other) + VISIT_MS).toISOString();
    await desk().hand.foreignAppointment({ orderId: null, startsAt: other, endsAt, of: 'patient' });
    const { id } = await trial.held();
    expect(await trial.ownership()).toMatchObject({ is: 'ours', appointment: { id } });
    await trial.cancel(id);
    if (cancelBy === 'staff_task') await desk().hand.staffActs();
    await eventually(desk().hand.live, ({ appointments }) => appointments === 1);
    const { live, ended } = await trial.look();
    expect(live.map((one) => one.id)).not.toContain(id);
    expect(ended.map((one) => one.id)).toContain(id);
  });
};

/** Beyond every window in which a look may search for what it does not know. */
const FAR_DAYS = 40;

const VISIT_MS = 20 * 60_000;

function later(time: string, days: number): string {
  return new Date(Date.parse(time) + days * 86_400_000).toISOString();
}
