import type { JunctionName } from '../../../src/providers/junction/operations';
import { openDesk } from '../desk';
import { describeSafeConformance } from '../kit';
import { liveSubject, prepare, type LiveAccount, type LiveTarget } from './target';
import { UNKNOWNS } from './unknowns';

/** One thing that was not known, and what was found. */
export interface Finding {
  provider: JunctionName;
  id: string;
  found: string;
}

const NAMES: readonly JunctionName[] = ['junction-phlebotomy', 'junction-psc'];

/**
 * Runs the safe part of the kit against a Junction account, then asks it what the page of provider facts does not
 * know. Every order and appointment that it makes is cancelled again. `report` is given all findings at the end.
 */
export function describeLive(
  start: () => Promise<LiveTarget>,
  report: (findings: readonly Finding[]) => void,
): void {
  let known: { target: LiveTarget; account: LiveAccount } | null = null;
  const ready = (): NonNullable<typeof known> => {
    if (!known) throw new Error('the account could not be read');
    return known;
  };
  const subject = (name: JunctionName) => liveSubject(ready().target, ready().account, name);
  beforeAll(async () => {
    const target = await start();
    known = { target, account: await prepare(target) };
  });

  for (const name of NAMES) describeSafeConformance({ name, start: async () => subject(name) });

  describe('what was not known', () => {
    const findings: Finding[] = [];
    const asked = NAMES.flatMap((name) =>
      UNKNOWNS.flatMap(({ id, ...row }) => ('probe' in row ? [{ name, id, probe: row.probe }] : [])),
    );
    test.each(asked)('$name: $id', async ({ name, id, probe }) => {
      const desk = openDesk(subject(name));
      try {
        const found = await probe({ name, target: ready().target, desk });
        findings.push({ provider: name, id, found });
        expect(found).not.toBe('');
      } finally {
        await desk.cleanUp();
      }
    });
    afterAll(() => report(findings));
  });
}

/** The findings and what was not asked, a line each, for people. */
export function findingsAsText(findings: readonly Finding[]): string {
  const lines = findings.map(({ provider, id, found }) => `  ${provider}: ${id}: ${found}`);
  const unasked = UNKNOWNS.flatMap(({ id, ...row }) =>
    'why' in row ? [`  not asked: ${id}: ${row.why}`] : [],
  );
  return ['What was not known, and what was found:', ...lines, ...unasked, ''].join('\n');
}
