import { RULES } from '../server/rules';
import type { Run } from '../server/run';
import type { Simulation } from '../simulation';
import type { Stage } from '../stage';
import type { Effect } from '../world/network';
import { answersByPhone, junctionVenue } from './at-junction';
import { practiceVenue } from './at-practice';
import { createChecks } from './checks';
import { heldAtTheEnd } from './end';
import { createLedger, type Ledger } from './ledger';
import { clocksOf, hearingOf, newsOf, restless, weatherOf } from './machines';
import type { Venue } from './places';
import { playerOf, type Player } from './player';
import type { Other, Part, SimulatedStory } from './story';
import { SILENT, tellingOf, type Telling } from './telling';

/** What a story came to, for comparisons. */
export interface Told {
  /** The events of each run, one a line. */
  histories: string[][];
  steps: number;
  activations: number;
  /** Runs that were built anew from their history, and compared. */
  replays: number;
}

/** Plays a story and checks the promises after every step. Throws the first that is broken. `print` gets its course. */
export async function playStory(
  simulation: Simulation,
  story: SimulatedStory,
  print?: (line: string) => void,
): Promise<Told> {
  const players: Player[] = [];
  const weather = weatherOf(story);
  const ledger = createLedger();
  const checks = createChecks(() => players);
  const heard: ((effect: Effect) => void)[] = [];
  let telling: Telling = SILENT;
  return simulation.play(
    story.seed,
    async (stage) => {
      if (print) telling = tellingOf(stage, print);
      heard.push((effect) => telling.effect(effect));
      heard.push((effect) => ledger.note(effect, stage.time.now()));
      if (story.at === 'phone') heard.push(answersByPhone(stage, story.booking));
      const venue = await venueOf(stage, story, ledger);
      restless(stage, story);
      await playAll(stage, story, venue, players, weather);
      weather.ends();
      await venue.mend();
      for (const { at, wrong, times } of story.lastFaults)
        await players[0]?.world.fault(at, { ...wrong, times });
      // One whose order a later booking has by now came to its end before: it was held to its promises there.
      const last = players.filter(({ cast }) => cast.untilMs === Infinity);
      const views = await Promise.all(last.map((one) => one.end()));
      // What was on its way, or in a worker that is frozen, surfaces now, if ever.
      await stage.time.sleep(LATE_MS + frozenForMs(story));
      for (const [index, one] of last.entries()) await heldAtTheEnd(stage, one, players, views[index]);
      await replayedOnce(stage);
      return toldOf(stage);
    },
    {
      ...{ weather: weather.spoil, hearNews: newsOf(story), skewMs: clocksOf(story), wayMs: story.wayMs },
      settings: hearingOf(story),
      effect: (effect) => heard.forEach((hear) => hear(effect)),
      sent: ledger.noteSent,
      rules: { ...RULES, newRunAfterEvents: story.newRunAfterEvents },
      check: (_stage, changes) => {
        telling.runs(changes.runs);
        return checks.after(changes);
      },
    },
  );
}

/** A provider that leaves it to its callers that there is one appointment. */
const LENIENT = { oneAppointmentPerOrder: false, oneAppointmentPerPatient: false };

/** Late effects come within this time of the end. */
const LATE_MS = 2_000;

async function venueOf(stage: Stage, { at, isStrict }: SimulatedStory, ledger: Ledger): Promise<Venue> {
  if (!isStrict) {
    await stage.junction.control('account', LENIENT);
    await stage.oliver.control('account', { secondCreate: 'allowed' });
  }
  const venue = at === 'practice' ? practiceVenue(stage, ledger) : junctionVenue(stage, at, ledger);
  await venue.ready();
  return venue;
}

/** Begins the bookings and lets happen what is to happen to them, side by side. */
async function playAll(
  stage: Stage,
  { booking, other, late }: SimulatedStory,
  venue: Venue,
  players: Player[],
  weather: ReturnType<typeof weatherOf>,
): Promise<void> {
  const first = playerOf(stage, venue, booking, {});
  players.push(first);
  for (const { at, ...rule } of late) await first.world.fault(at, { when: 'late', ...rule });
  await first.begin('story');
  weather.begins();
  await Promise.all([first.playAll(), other && playOther(stage, venue, players, first, other)]);
}

async function playOther(
  stage: Stage,
  venue: Venue,
  players: Player[],
  first: Player,
  { booking, shares, afterMs }: Other,
): Promise<void> {
  await stage.time.sleep(afterMs);
  const orderId = shares === 'order' ? await orderOf(stage, first) : null;
  const part: Part =
    orderId !== null && booking.order === 'placed' ? { ...booking, order: 'cancel' } : booking;
  const patient = shares === 'account' ? 1 : 0;
  const second = playerOf(stage, venue, part, { patient, orderId });
  if (!(await second.begin('other'))) return;
  if (second.cast.id === first.cast.id) first.cast.untilMs = Date.parse(second.cast.createdAt);
  players.push(second);
  await second.playAll();
}

async function orderOf(stage: Stage, { cast }: Player): Promise<string | null> {
  return cast.orderId ?? (await stage.bookings.get(cast.id)).order?.id ?? null;
}

function frozenForMs({ freezes, booking, other }: SimulatedStory): number {
  const commanded = [...booking.commands, ...(other?.booking.commands ?? [])];
  const ms = [
    ...freezes.map(({ forMs }) => forMs),
    ...commanded.map((one) => (one.do === 'freeze' ? one.ms : 0)),
  ];
  return Math.max(0, ...ms);
}

/** In every story one run at least is built anew from its history: where no lost cache had it, the longest is at the end. */
async function replayedOnce({ workflows, namespace }: Stage): Promise<void> {
  if (workflows.replays() > 0) return;
  const [longest] = namespace.all().toSorted((one, another) => another.tasks.length - one.tasks.length);
  if (longest) await workflows.verify(longest.info, longest.tasks);
}

function toldOf(stage: Stage): Told {
  return {
    histories: stage.namespace.all().map(historyOf),
    steps: stage.time.steps(),
    activations: stage.workflows.activations(),
    replays: stage.workflows.replays(),
  };
}

export function historyOf({ events }: Run): string[] {
  return events.map(({ type, of }) => (of ? `${type} ${of}` : type));
}
