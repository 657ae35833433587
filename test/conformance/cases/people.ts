import { test } from '../case';
import type { Cases } from '../desk';

/** Who it is for. */
export const peopleCases: Cases = (desk, { orderKind }) => {
  test('the person goes out whole: with every name and contact that the request gives', async () => {
    const { subject, hand } = desk();
    const { request, texts } = subject.named;
    const trial = await desk().open(request);
    await trial.held();
    const sent = [...(orderKind === null ? [] : hand.made('placeOrder')), ...hand.made('book')];
    const bodies = JSON.stringify(sent.map(({ body }) => body));
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.filter((text) => !bodies.includes(text))).toEqual([]);
  });
};
