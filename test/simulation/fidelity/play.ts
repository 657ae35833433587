import { cleanupIdOf, SEARCH_ATTRIBUTES, workflowIdOf } from '../../../src/booking/names';
import type { BookingView } from '../../../src/booking/schema/view';
import { isEndStatus } from '../../../src/booking/status';
import type { Command, Story } from '../../property/commands';
import { driveToEnd } from '../../property/drive';
import { send } from '../../property/people';
import { happen, type Pastimes, type Play } from '../../property/play';
import type { World } from '../../property/worlds';
import type { Bench } from './bench';
import { rest, type IsStopover } from './rest';
import type { FidelityStory } from './story';
import { worldOf } from './worlds';

/** What a story came to: what must be equal on the real server and in the simulator. */
export interface Outcome {
  /** The events of every run of the booking and of its clean-up; null for a story that races. */
  histories: string[][] | null;
  end: object;
}

/** Plays a story to the end of its booking. */
export async function outcomeOf(bench: Bench, { kind, at, booking: story }: FidelityStory): Promise<Outcome> {
  const world = kind === 'at rest' ? lateEnough(worldOf(at, bench.lane)) : worldOf(at, bench.lane);
  const request = await world.ready(story);
  const begin = async (): Promise<Play> => {
    const { booking } = await bench.rig.bookings.start(request);
    const wishes = { undoAt: [], move: false, left: false };
    const { restart } = bench;
    // People and the end of a story ask for no more of a rig than a bench has.
    return { story, id: booking.id, wishes, world, rig: bench.rig as Play['rig'], restart };
  };
  const spoil = (rule: Fault): Promise<void> => world.fault(rule.at, ruleOf(rule));
  const { id, view } = await (kind === 'at rest'
    ? atRest(bench, story, begin, spoil, stopoversOf(at, story))
    : racing(bench, story, begin));
  const sample = await world.sample();
  const left = { appointments: sample.liveAppointments, orders: sample.liveOrders };
  if (kind === 'racing') return { histories: null, end: { ...roughEnd(view), left } };
  const ids = [workflowIdOf(id), cleanupIdOf(id)];
  const histories = (await Promise.all(ids.map((one) => bench.histories(one)))).flat();
  const attributes = shownIn(await bench.attributes(workflowIdOf(id)));
  return { histories, end: { ...endOf(view), left, attributes, writes: await writesOf(bench, at) } };
}

type Fault = Extract<Command, { do: 'fault' }>;

function ruleOf({ wrong, times }: Fault) {
  return { ...wrong, times };
}

/** What comes late comes half-way between two looks: on a busy machine, too, it is the same one that finds it. */
function lateEnough(world: World): World {
  return {
    ...world,
    fault: (at, rule) => world.fault(at, rule.when === 'late' ? { ...rule, delayMs: LATE_MS } : rule),
  };
}

const LATE_MS = 2_700;

/** A provider that confirms later does so by itself; a vendor that calls the patient waits for what the story does. */
function stopoversOf(at: FidelityStory['at'], { provider }: Story): IsStopover {
  const confirms = at !== 'by phone' && provider !== 'at once';
  return ({ status }) => confirms && status === 'awaiting_confirmation';
}

interface Played {
  id: string;
  view: BookingView;
}

async function racing(bench: Bench, story: Story, begin: () => Promise<Play>): Promise<Played> {
  const p = await begin();
  for (const command of story.commands) await happen(p, command, bench.racing(p));
  await p.world.mend();
  return { id: p.id, view: await driveToEnd(p) };
}

async function atRest(
  bench: Bench,
  { commands }: Story,
  begin: () => Promise<Play>,
  spoil: (fault: Fault) => Promise<void>,
  isStopover: IsStopover,
): Promise<Played> {
  const first = commands.findIndex((command) => command.do !== 'fault');
  for (const command of commands.slice(0, first)) if (command.do === 'fault') await spoil(command);
  const p = await begin();
  let view = await rest(bench, p.id, isStopover);
  for (const command of commands.slice(first)) {
    if (isEndStatus(view.status)) break;
    await happen(p, command, NO_PASTIMES);
    view = await rest(bench, p.id, isStopover);
  }
  await p.world.mend();
  for (let step = 0; step < MOST_STEPS; step += 1) {
    view = await rest(bench, p.id, isStopover);
    if (isEndStatus(view.status)) return { id: p.id, view };
    await push(p, view, step);
  }
  throw new Error(`in circles: ${JSON.stringify(view)}`);
}

const MOST_STEPS = 20;
/** So often a person tries again before choosing something else. */
const RETRIES = 2;
const LAST_RESORTS = ['leave', 'keep', 'end'];

/** One more step to the end of a booking that rests. */
async function push(p: Play, { status, attention }: BookingView, step: number): Promise<void> {
  if (!attention && status === 'in_progress') return p.world.change('complete');
  if (!attention) return send(p, { do: 'cancel', by: 'update' });
  const { choices, reason } = attention;
  if (choices.includes('retry') && step < RETRIES) return send(p, { do: 'retry', by: 'update' });
  const choice = LAST_RESORTS.find((one) => choices.some((offered) => offered === one));
  if (choice === undefined) throw new Error(`${reason} has no way out: ${choices.join(', ')}`);
  return send(p, { do: 'resolve', by: 'update', nth: choices.findIndex((one) => one === choice) });
}

/** Stories at rest have none of their own. */
const NO_PASTIMES: Pastimes = {
  rest: () => Promise.resolve(),
  pass: () => Promise.reject(new Error('a story at rest passes no time')),
  readWhileAway: () => Promise.reject(new Error('a story at rest reads while its workers are there')),
};

/** What does not hang on how long anything took. */
function roughEnd({ status, failure, compensation, order }: BookingView): object {
  return {
    status,
    failure: failure?.code ?? null,
    compensation: compensation.map(({ step, outcome }) => `${step}: ${outcome}`),
    order: order && { origin: order.origin, status: order.status },
  };
}

function endOf(view: BookingView): object {
  return {
    ...roughEnd(view),
    failure: view.failure,
    attempts: view.attempts.map(({ outcome }) => outcome),
    appointment: view.appointment?.status ?? null,
    lastRequest: view.lastRequest && { ...view.lastRequest, id: null, at: null },
  };
}

/** What the search attributes say that is the same on either side; of ids and times only that they are there. */
function shownIn(attributes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(SEARCH_ATTRIBUTES).map((name) => {
      const value = attributes[name] ?? null;
      return [name, value === null || SAME_ON_BOTH.includes(name) ? value : 'something'];
    }),
  );
}

const SAME_ON_BOTH: readonly string[] = [
  'BookingStatus',
  'BookingProvider',
  'BookingReference',
  'BookingAttention',
];

/** The calls that changed something, or may have; in no order, since one may come late. */
async function writesOf({ lane }: Bench, at: FidelityStory['at']): Promise<string[]> {
  const { calls } = await (at === 'practice' ? lane.clinic : lane.sandbox).state();
  return calls
    .filter(({ method, path, fault }) => method !== 'GET' && fault !== 'before' && !READING.test(path))
    .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/g, '…')}`)
    .sort();
}

const READING = /availability|open_times|sign-in/;
