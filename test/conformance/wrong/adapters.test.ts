import { stripVTControlCharacters } from 'node:util';
import { openDesk } from '../desk';
import { kitFor } from '../kit';
import type { Subject } from '../subject';
import { startCalcomSubject } from '../subjects/calcom';
import { startJunctionSubject } from '../subjects/junction';
import { startOliverSubject } from '../subjects/oliver';
import { WRONG_ADAPTERS, type WrongAdapter } from './adapters';
import { unlisted } from './page';

/** The kit's own test: each wrong adapter fails the case that is there for it. The right ones pass all of them. */

jest.setTimeout(60_000);

const START: Readonly<Record<WrongAdapter['on'], () => Promise<Subject>>> = {
  'junction-psc': () => startJunctionSubject('junction-psc'),
  oliver: startOliverSubject,
  calcom: startCalcomSubject,
};

/** Plays one case, with what follows each case, and returns what it failed with. */
async function failureOf({ on, case: name, spoil }: WrongAdapter): Promise<string> {
  const subject = await START[on]();
  try {
    spoil(subject);
    const desk = openDesk(subject);
    const [only, ...others] = kitFor(on, () => desk).filter((one) => one.name === name);
    if (!only || others.length > 0) throw new Error(`the kit has no such case, or several: ${name}`);
    await only.run();
    subject.checkContract();
    return 'it passed';
  } catch (err) {
    return stripVTControlCharacters(err instanceof Error ? err.message : String(err));
  } finally {
    await subject.close();
  }
}

describe('the kit notices an adapter that', () => {
  test.each(WRONG_ADAPTERS)('$what', async (wrong) => {
    const failure = await failureOf(wrong);
    expect(failure).not.toBe('it passed');
    expect(failure).toMatch(wrong.fails);
  });
});

test('the page for those who add a provider lists each, with the case that notices it', () => {
  expect(unlisted(WRONG_ADAPTERS)).toEqual([]);
});
