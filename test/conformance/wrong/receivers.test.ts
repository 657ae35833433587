import { stripVTControlCharacters } from 'node:util';
import { junctionWebhooks } from '../webhooks/junction';
import { webhookKitFor } from '../webhooks/kit';
import { unlisted } from './page';
import { WRONG_RECEIVERS, type WrongReceiver } from './receivers';

/** The webhook kit's own test: each wrong receiver fails the case that is there for it. */

async function failureOf({ case: name, spoil }: WrongReceiver): Promise<string> {
  const right = junctionWebhooks();
  const [only, ...others] = webhookKitFor({ ...right, part: spoil(right.part) }).filter(
    (one) => one.name === name,
  );
  if (!only || others.length > 0) throw new Error(`the kit has no such case, or several: ${name}`);
  try {
    await only.run();
    return 'it passed';
  } catch (err) {
    return stripVTControlCharacters(err instanceof Error ? err.message : String(err));
  }
}

describe('the webhook kit notices a receiver that', () => {
  test.each(WRONG_RECEIVERS)('$what', async (wrong) => {
    const failure = await failureOf(wrong);
    expect(failure).not.toBe('it passed');
    expect(failure).toMatch(wrong.fails);
  });
});

test('the page for those who add a provider lists each, with the case that notices it', () => {
  expect(unlisted(WRONG_RECEIVERS)).toEqual([]);
});
