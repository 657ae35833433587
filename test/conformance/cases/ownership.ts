import { test } from '../case';
import { final, refusal, type Cases, type Trial } from '../desk';

/** Whose appointment it is: by our ref where it comes back, by what changed where it does not. */
export const ownershipCases: Cases = (desk, { refReturns, orderKind }) => {
  /** Whether the order has one appointment, whose ref tells whose it is. */
  const isOfOrder = refReturns && orderKind !== null;

  const foreign = (trial: Trial, of: 'patient' | 'stranger' = 'patient') => {
    const { startsAt, endsAt } = trial.slot();
    return desk().hand.foreignAppointment({ orderId: trial.order?.id ?? null, startsAt, endsAt, of });
  };

  const lookNowhere = () => {
    const { orderId, request } = desk().subject.nowhere;
    const clue = {
      maker: 'x',
      ownIds: [],
      takenOver: null,
      orderId,
      refReturns,
      before: [],
      triedStartsAt: null,
    };
    const rest = { startsAt: null, liveIds: [], acceptedCancels: [] };
    return desk().activities.lookUp({ target: desk().target(), orderId, request, clue, ...rest });
  };

  test('an appointment that was there before is never taken for ours', async () => {
    const trial = await desk().open();
    await foreign(trial);
    await desk().hand.fault('book', { when: 'before', answer: { status: 504 } });
    if (isOfOrder) expect(await refusal(trial.book())).toEqual(final('appointment_exists'));
    else expect(await trial.book()).toMatchObject({ is: 'unknown' });
    // Where the ref returns and there are no orders, it is one more visit of the patient.
    const byRef = isOfOrder ? 'foreign' : 'none';
    expect((await trial.ownership()).is).toBe(refReturns ? byRef : 'ambiguous');
    expect((await desk().hand.live()).appointments).toBe(1);
  });

  if (isOfOrder) {
    test('nothing is booked over an appointment of somebody else: the book call is never made', async () => {
      const trial = await desk().open();
      await foreign(trial);
      expect(await refusal(trial.book())).toEqual(final('appointment_exists'));
      expect(desk().hand.made('book')).toEqual([]);
    });
  }

  test('of two that match none is touched, unless its ref says that it is ours', async () => {
    const trial = await desk().open();
    await desk().hand.fault('book', { when: 'after', answer: { status: 504 } });
    expect(await trial.book()).toMatchObject({ is: 'unknown' });
    await foreign(trial);
    // Where the ref returns, a provider that shows one appointment of an order may show the other's.
    const byRef = isOfOrder ? ['foreign', 'ambiguous'] : ['ours'];
    expect(refReturns ? byRef : ['ambiguous']).toContain((await trial.ownership()).is);
    expect((await desk().hand.live()).appointments).toBe(2);
  });

  test('what strangers have at the same time is neither seen nor returned', async () => {
    const trial = await desk().open();
    await foreign(trial, 'stranger');
    expect(await trial.look()).toMatchObject({ live: [], ended: [] });
    expect(await trial.ownership()).toEqual({ is: 'none' });
    expect((await desk().hand.live()).appointments).toBe(1);
  });

  test('where nothing can be seen a look fails: it never comes back empty', async () => {
    expect(await refusal(lookNowhere())).toEqual(final('unexpected_answer'));
  });

  test('a 404 proves nothing by itself: a wrong address answers it too', async () => {
    await desk().hand.fault('lookUp', { answer: { status: 404, body: { detail: 'Not Found' } } });
    expect(await refusal(lookNowhere())).toEqual(final('unexpected_answer'));
  });

  if (orderKind !== null) {
    test('an empty look has read the order itself', async () => {
      const trial = await desk().open();
      expect(await trial.look()).toMatchObject({ order: { id: trial.order?.id }, live: [], ended: [] });
    });
  }

  test('the reference goes out with every book call, and only where it belongs', async () => {
    const trial = await desk().open(desk().subject.request({ notes: 'Left arm' }));
    await trial.held();
    const [sent] = desk().hand.made('book');
    const texts = textsIn(sent?.body);
    const refs = texts.filter((text) => text.includes(trial.bookingId));
    expect(refs).toEqual([expect.stringMatching(/^(?:Left arm\nref:)?\S+\/book\/1$/)]);
    expect(texts.filter((text) => text.includes('Left arm'))).toHaveLength(1);
  });
};

/** All texts in a body, at whatever depth. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
