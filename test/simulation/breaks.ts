import { asyncLocalStorage } from '@temporalio/activity';
import type { CancelAnswer } from '../../activities/contract';
import type { Sighting } from '../../src/booking/model';
import type { Provider } from '../../src/providers/provider';
import type { Breaking } from './stage';
import type { ActivityTable } from './worker/activities';

/**
 * Rules of the saga, broken one at a time, to see within how many stories that is noticed:
 * `npm run test:simulation -- --break <name> --stories 300`, or `--break all`. Those of the workflows are broken in the text
 * of the bundle.
 */
export const BREAKS: Readonly<Record<string, Breaking>> = {
  'no looks after an unanswered book call': {
    bundle: swapped(
      'async function lookUpUnknown(b) {',
      'async function lookUpUnknown(b) { b.state.doubts = { ...b.state.doubts, unknownBook: null }; return null;',
    ),
  },
  'a look from before the end of the window counts as the last': {
    bundle: swapped(/for\s*\(let n = 1; n < lookUps; n \+= 1\)/, 'for (let n = 1; n < 1; n += 1)'),
  },
  'an empty look is taken for proof': {
    activities: (table) => ({
      ...table,
      lookUp: answered(table, 'lookUp', NOTHING),
    }),
  },
  'a book call does not look first': { provider: lookingAwayIn('bookSlot') },
  'a sighting older than the write is believed': { provider: believingOldSightings },
  'an unanswered write counts as without effect': {
    activities: (table) => ({ ...table, bookSlot: goneWhenUnknown(table) }),
  },
  'what stood there before the call was sent counts as its effect': {
    activities: (table) => ({ ...table, bookSlot: unansweredWhenUnsent(table) }),
  },
  'a cancel whose answer was lost counts as done': {
    activities: (table) => ({ ...table, cancelAppointment: doneWhenUnknown(table) }),
  },
  'a failed undo counts as undone': {
    bundle: swapped(
      /record\(b, undo, 'pending'\);\s+if \(mayPass/,
      "return record(b, undo, 'undone'); if (mayPass",
    ),
  },
  'the order is never undone': {
    bundle: swapped(/undo: \S+undoOrder\b/, 'undo: null'),
  },
  'the order is cancelled before its appointment': {
    bundle: swapped('STEPS.toReversed()', 'STEPS'),
  },
  'whatever stands there is ours': { provider: takingAllForOurs },
  'nobody asks what other bookings hold': {
    bundle: swapped(
      'async function claimsOn(b, appointments) {',
      'async function claimsOn(b, appointments) { return { theirs: [], inferred: [], mayBeAnothers: false };',
    ),
  },
  'a cancel ends writes': {
    bundle: swapped('function shielded(fn) {', 'function shielded(fn) { return fn();'),
  },
  'calls that may still take effect are not waited for': {
    bundle: swapped('async function outlastOpenWrites(b) {', 'async function outlastOpenWrites(b) { return;'),
  },
  'a deadline releases whatever the look after it shows': {
    bundle: swapped(
      /&& verdictOf\(b, b\.state\.appointment\.held\) === 'waiting'\)(\s+return recordVerdict\(b, 'late'\))/,
      ')$1',
    ),
  },
  'a fee is accepted unasked': {
    activities: (table) => ({
      ...table,
      cancelAppointment: withFees(table, 'cancelAppointment'),
      cancelOrder: withFees(table, 'cancelOrder'),
    }),
  },
  'our own lapsed credentials end the booking': {
    bundle: swapped(/credentials_rejected: \{\s+owner: 'us'/, "credentials_rejected: { owner: 'request'"),
  },
};

const NOTHING: Sighting = { order: null, live: [], ended: [] };

function swapped(from: string | RegExp, to: string): (code: string) => string {
  return (code) => {
    const broken = code.replace(from, to);
    if (broken === code) throw new Error(`the bundle has no ${String(from)} any more`);
    return broken;
  };
}

type Activity = ActivityTable[string];

function activityOf(table: ActivityTable, name: string): (...args: unknown[]) => Promise<unknown> {
  const found: Activity | undefined = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!found) throw new Error(`there is no activity ${name} any more`);
  // The worker, too, calls an activity with whatever arguments its payloads hold.
  return found as (...args: unknown[]) => Promise<unknown>;
}

/** An activity that calls nobody and answers the same every time. */
function answered(table: ActivityTable, name: string, answer: unknown): Activity {
  activityOf(table, name);
  return () => Promise.resolve(answer);
}

function goneWhenUnknown(table: ActivityTable): Activity {
  const bookSlot = activityOf(table, 'bookSlot');
  return async (...args) => {
    const answer = await bookSlot(...args);
    return isUnknown(answer) ? { is: 'gone', reason: 'taken for gone', searchAgain: false } : answer;
  };
}

function isUnknown(answer: unknown): answer is { is: 'unknown' } {
  return typeof answer === 'object' && answer !== null && Reflect.get(answer, 'is') === 'unknown';
}

function unansweredWhenUnsent(table: ActivityTable): Activity {
  const bookSlot = activityOf(table, 'bookSlot');
  return async (...args) => {
    const answer = await bookSlot(...args);
    return isUnknown(answer) && 'isUnsent' in answer ? { is: 'unknown', said: 'as if it were sent' } : answer;
  };
}

function doneWhenUnknown(table: ActivityTable): Activity {
  const cancel = activityOf(table, 'cancelAppointment');
  return async (...args) => {
    // What this very activity answers.
    const answer = (await cancel(...args)) as CancelAnswer;
    if (answer.is !== 'unknown') return answer;
    const appointment = { ...answer.appointment, phase: 'cancelled', status: 'cancelled' };
    return { is: 'ended', appointment, byUs: true };
  };
}

function withFees(table: ActivityTable, name: string): Activity {
  const call = activityOf(table, name);
  return (...args) => {
    const [input] = args as readonly { fees: object }[];
    return call({ ...input, fees: { ...input?.fees, accepted: true } });
  };
}

/** Shows nothing to one activity, and what is there to all others. */
function lookingAwayIn(activity: string): (provider: Provider) => Provider {
  return (provider) => ({
    ...provider,
    lookUp: async (call, where) => {
      const isIn = asyncLocalStorage.getStore()?.info.activityType === activity;
      return isIn ? NOTHING : provider.lookUp(call, where);
    },
  });
}

/** How long a sighting passes for what is there now, in ms. */
const BELIEVED_MS = 3_000;

function believingOldSightings(provider: Provider): Provider {
  const seen = new Map<string, { atMs: number; sighting: Sighting }>();
  return {
    ...provider,
    lookUp: async (call, where) => {
      const key = JSON.stringify([call.account, where.orderId, where.request]);
      const old = seen.get(key);
      if (old && Date.now() - old.atMs < BELIEVED_MS) return old.sighting;
      const sighting = await provider.lookUp(call, where);
      seen.set(key, { atMs: Date.now(), sighting });
      return sighting;
    },
  };
}

/** Lets everything that is there carry the ref of whoever looks. */
function takingAllForOurs(provider: Provider): Provider {
  return {
    ...provider,
    lookUp: async (call, where) => {
      const sighting = await provider.lookUp(call, where);
      return { ...sighting, live: sighting.live.map((one) => ({ ...one, ref: `${where.maker}/book/1` })) };
    },
  };
}
