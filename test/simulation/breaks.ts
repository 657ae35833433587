import type { Breaking } from './stage';
import type { ActivityTable } from './worker/activities';

/**
 * Rules of the saga, broken one at a time, to see within how many stories that is noticed:
 * `npm run test:simulation -- --break <name> --stories 300`. Those of the workflows are broken in the text of the bundle.
 */
export const BREAKS: Readonly<Record<string, Breaking>> = {
  'no looks after an unanswered book call': {
    bundle: swapped(
      'async function lookUpUnknown(b) {',
      'async function lookUpUnknown(b) { b.state.unknownBook = null; return null;',
    ),
  },
  'a failed undo counts as undone': {
    bundle: swapped(
      /record\(b, undo, 'pending'\);\s+if \(mayPass/,
      "return record(b, undo, 'undone'); if (mayPass",
    ),
  },
  'the order is never undone': {
    bundle: swapped(
      /function undosOfOrder\(.*\) \{/,
      'function undosOfOrder() { return []; const capabilities = {};',
    ),
  },
  'a cancel ends writes': {
    bundle: swapped('function shielded(fn) {', 'function shielded(fn) { return fn();'),
  },
  'our own lapsed credentials end the booking': {
    bundle: swapped(/credentials_rejected: \{\s+owner: 'us'/, "credentials_rejected: { owner: 'request'"),
  },
  'looks show nothing': {
    activities: (table) => ({
      ...table,
      lookUp: answered(table, 'lookUp', { order: null, live: [], ended: [] }),
    }),
  },
  'an unanswered write counts as without effect': {
    activities: (table) => ({ ...table, bookSlot: goneWhenUnknown(table) }),
  },
};

function swapped(from: string | RegExp, to: string): (code: string) => string {
  return (code) => {
    const broken = code.replace(from, to);
    if (broken === code) throw new Error(`the bundle has no ${String(from)} any more`);
    return broken;
  };
}

/** An activity that calls nobody and answers the same every time. */
function answered(table: ActivityTable, name: string, answer: unknown): ActivityTable[string] {
  if (!Object.hasOwn(table, name)) throw new Error(`there is no activity ${name} any more`);
  return () => Promise.resolve(answer);
}

function goneWhenUnknown({ bookSlot }: ActivityTable): ActivityTable[string] {
  if (!bookSlot) throw new Error('there is no activity bookSlot any more');
  return async (...args) => {
    const answer = await bookSlot(...args);
    const isUnknown =
      typeof answer === 'object' && answer !== null && Reflect.get(answer, 'is') === 'unknown';
    return isUnknown ? { is: 'gone', reason: 'taken for gone', searchAgain: false } : answer;
  };
}
