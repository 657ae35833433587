import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../booking/failures';
import { timeText } from '../bounded';
import { unclear } from '../http';
import type { Notice } from '../once';
import type { Call } from '../provider';
import { isAll, readable } from '../reading';
import { accountOf, demand, detached, type Session } from './session';
import { orAborted } from './shared-work';
import type { ReadTime } from '../time-text';
import { rfc3339, timeOf } from './times';
import { before, joined, leftOf, type Span } from './unread';
import { appointmentPageWire, type AppointmentWire } from './wire';

/**
 * One practice's appointment list, read for all bookings at once. The list is the only way to see a status change, so
 * a thousand waiting bookings would read the same pages a thousand times: here they share one reading of what was
 * updated since the last. What it read holds other people's data and stays inside the adapter.
 */

/** Longest time that an update may take to show, in ms: windows overlap by it. */
const OVERLAP_MS = 15 * 60_000;

/** How far this machine's clock may be off, in ms: the last window ends so much later. */
const CLOCK_SLACK_MS = 12 * 3_600_000;

/** A practice's first reading goes back in windows of at most this length, in ms. */
const WINDOW_MS = 100 * 86_400_000;

/** The last window of all is short, so that it is read before its rows move between pages, in ms. */
const LAST_WINDOW_MS = 86_400_000;

/** Appointments whose start is longer ago than this serve no open booking and are not kept, in ms. */
const KEPT_AFTER_START_MS = 90 * 86_400_000;

/** The contract's maximum. */
const PER_PAGE = 100;

/** Past this a list is taken for endless. */
const MAX_PAGES = 1_000;

/** How often a window is read when its pages shift meanwhile. */
const MAX_READS = 4;

/**
 * How far back the first reading goes unless the account says otherwise, in days. Requests reach 365 days ahead
 * (src/booking/schema/day-rules.ts) and a booking stays open until its visit is over, so what an open booking
 * made was created, and so last updated, at most a year and the wait for the final word ago.
 */
const DEFAULT_LOOK_BACK_DAYS = 400;

/** How old a reading may be that a look-up makes do with, unless the account says otherwise, in ms. */
const DEFAULT_MAX_AGE_MS = 1_000;

export interface AppointmentList {
  /**
   * The practice's appointments by id (those without one apart), as a reading shows them that began less than the account's `listMaxAgeMs`
   * ago and after the last write that was noted; after this call where it is to be `fresh`. Throws what the reads throw;
   * a failure costs all who waited for that reading one try.
   */
  appointments(call: Call, isFresh?: boolean): Promise<ListReading>;
  /** Notes a write of ours: no reading that began before it counts any more. */
  discardOnWrite(account: string): void;
}

export interface ListReading {
  rows: ReadonlyMap<string, AppointmentWire>;
  /**
   * Whether every row of the list could be read. What is shown is proof in any case; a row that cannot be read may be
   * anybody's, so that nothing is known not to be there.
   */
  isWhole: boolean;
}

interface Practice {
  rows: Map<string, AppointmentWire>;
  /** Whether the last whole reading could read every row. */
  isWhole: boolean;
  /** Everything updated before this has been asked for, in ms by the provider's clock; null before the first window. */
  throughMs: number | null;
  /** Where before that there were rows that could not be read: each reading reads these again. */
  unread: readonly Span[];
  /** How far at least the provider's clock is ahead of our steady one, in ms; null while no update has told. */
  leadMs: number | null;
  /** When the last whole reading began, in ms on the steady clock and by its place among the moments. */
  last: Began | null;
  /** Counts moments that a reading can begin before or after: writes of ours, and calls that want a fresh one. */
  moments: number;
  lastWrite: number;
  running: Promise<void> | null;
}

interface Began {
  atMs: number;
  moment: number;
}

/** The appointment list of every practice, each on its own; nothing is read until somebody asks. */
export function createAppointmentList(session: Session): AppointmentList {
  const practices = new Map<string, Practice>();
  const practiceOf = (account: string): Practice => {
    const known = practices.get(account);
    const practice = known ?? newPractice();
    practices.set(account, practice);
    return practice;
  };
  return {
    async appointments(call, isFresh = false) {
      const { listMaxAgeMs: listMaxAgeMs = DEFAULT_MAX_AGE_MS } = accountOf(session, call);
      const practice = practiceOf(call.account);
      const moment = isFresh ? ++practice.moments : practice.lastWrite;
      const wanted = { atMs: session.steady() - listMaxAgeMs, moment };
      // A reading that is under way may have begun too early: then one more comes after it.
      while (!isEnough(practice.last, wanted)) {
        practice.running ??= readOnce(session, detached(call), practice).finally(() => {
          practice.running = null;
        });
        await orAborted(practice.running, call.signal);
      }
      return { rows: practice.rows, isWhole: practice.isWhole };
    },
    discardOnWrite(account) {
      const practice = practiceOf(account);
      practice.lastWrite = ++practice.moments;
    },
  };
}

function newPractice(): Practice {
  return {
    rows: new Map(),
    isWhole: true,
    throughMs: null,
    unread: [],
    leadMs: null,
    last: null,
    moments: 0,
    lastWrite: 0,
    running: null,
  };
}

function isEnough(last: Began | null, wanted: Began): boolean {
  return last !== null && last.atMs >= wanted.atMs && last.moment >= wanted.moment;
}

/**
 * Reads again what could not be read, and on from where the last window ended up to now. What was read stays read when a
 * later window fails.
 */
async function readOnce(session: Session, call: Call, practice: Practice): Promise<void> {
  const began = { atMs: session.steady(), moment: practice.moments };
  const nowMs = session.now();
  const { lookBackDays = DEFAULT_LOOK_BACK_DAYS } = accountOf(session, call);
  const oldestMs = nowMs - lookBackDays * 86_400_000;
  const clock = clockOf(session, call);
  const read = async ({ from, to }: Span): Promise<Rows> => {
    const window = await readWindow(session, call, from - OVERLAP_MS, to);
    const rows = [...window.rows.values()];
    for (const row of rows) merge(clock, practice.rows, row);
    practice.leadMs = leadOf(practice.leadMs, updatesOf(rows, clock), nowMs, session.steady());
    return window;
  };
  // First what is older: a row that is updated meanwhile leaves it for the last window, which must not be read by then.
  await readAgain(practice, read, oldestMs);
  let from = Math.min(nowMs, practice.throughMs ?? oldestMs);
  let isWhole = true;
  for (let isLast = false; !isLast;) {
    const to = windowEnd(from, nowMs);
    isLast = to === nowMs;
    const window = await read({ from, to: isLast ? to + CLOCK_SLACK_MS : to });
    practice.throughMs = isLast ? readThrough(practice.leadMs, began.atMs, nowMs) : to;
    isWhole &&= window.isWhole;
    if (!window.isWhole) practice.unread = [...practice.unread, { from, to }];
    from = to;
  }
  forgetLongOver(practice.rows, nowMs, clock.zone);
  practice.isWhole = isWhole && practice.unread.length === 0;
  practice.last = began;
  // What was updated after that, the next windows show again.
  practice.unread = before(practice.unread, practice.throughMs ?? nowMs);
}

/** Reads each span again in which a row could not be read, oldest first; those of before any open booking are forgotten. */
async function readAgain(
  practice: Practice,
  read: (span: Span) => Promise<Rows>,
  oldestMs: number,
): Promise<void> {
  practice.unread = joined(practice.unread.filter(({ to }) => to > oldestMs));
  for (const span of practice.unread) {
    const left = leftOf(span, await read(span));
    practice.unread = practice.unread.flatMap((one) => (one === span ? left : one));
  }
}

/**
 * The provider's clock, from what it says of its updates: it had passed each of them when we heard of it. Ours may have
 * been wrong when we read, and a mark from it would hide for hours what is updated meanwhile. A time of the future says
 * nothing, nor does one without an offset, which may be by another clock than the practice's.
 */
function leadOf(
  before: number | null,
  updates: readonly ReadTime[],
  nowMs: number,
  heardMs: number,
): number | null {
  const told = updates.flatMap(({ ms, isExact }) => (isExact && ms <= nowMs + OVERLAP_MS ? ms : []));
  return told.reduce<number | null>((lead, ms) => Math.max(lead ?? -Infinity, ms - heardMs), before);
}

/** Up to when a reading that began then has read everything. Without any update to go by, our clock may be off. */
function readThrough(leadMs: number | null, beganMs: number, nowMs: number): number {
  return leadMs === null ? nowMs - CLOCK_SLACK_MS : Math.min(nowMs, beganMs + leadMs);
}

function windowEnd(from: number, now: number): number {
  if (now - from <= LAST_WINDOW_MS) return now;
  return Math.min(from + WINDOW_MS, now - LAST_WINDOW_MS);
}

/**
 * Everything in a window, all pages of it. Rows that are updated meanwhile move, and others with them, to pages
 * that were read already: only a read whose count stood still and that saw as many rows counts.
 */
async function readWindow(session: Session, call: Call, startMs: number, endMs: number): Promise<Rows> {
  for (let n = 0; n < MAX_READS; n++) {
    const rows = await readPages(session, call, {
      updated_at_start: rfc3339(startMs),
      updated_at_end: rfc3339(endMs),
    });
    if (rows) return rows;
  }
  throw unclear('read', 'the list of appointments kept changing while it was read');
}

/** What pages show: the rows by id, and whether that is all of them. */
interface Rows {
  rows: Map<string, AppointmentWire>;
  isWhole: boolean;
  /** Whether there are rows that nothing but what they say tells apart. Then it is not whole. */
  hasAlike: boolean;
}

async function readPages(
  session: Session,
  call: Call,
  range: { updated_at_start: string; updated_at_end: string },
): Promise<Rows | null> {
  const all: (AppointmentWire | null)[] = [];
  const keys = new Set<string>();
  let total: number | null = null;
  // Rows that one page has twice are no sign of pages that shifted, nor is what cannot be read.
  let others = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const wire = await demand(session, call, 'list_appointments', appointmentPageWire, {
      query: { ...range, page: String(page), per_page: String(PER_PAGE) },
    });
    all.push(...wire.content);
    const keysOfPage = new Set(readable(wire.content).map(keyOf));
    for (const key of keysOfPage) keys.add(key);
    others += wire.content.length - keysOfPage.size;
    const count = wire.total_count ?? null;
    if (page > 0 && count !== total) return null;
    total = count;
    const seen = keys.size + others;
    if (isLastPage(wire, page, seen))
      return total !== null && seen < total ? null : toRows(clockOf(session, call), all, total);
  }
  throw new Failure('unexpected_answer', { said: 'the list of appointments has no end' });
}

function toRows(clock: Clock, all: readonly (AppointmentWire | null)[], total: number | null): Rows {
  const read: Rows = { rows: new Map(), isWhole: isAll(all, total), hasAlike: false };
  for (const row of readable(all)) {
    if (!row.id) clock.notice('appointment.id', 'missing');
    const known = read.rows.get(keyOf(row));
    // Two rows that nothing but what they say tells apart are told as one: the other is as good as not read.
    if (known && !row.id && !isDeepStrictEqual(known, row)) read.hasAlike = true;
    merge(clock, read.rows, row);
  }
  return { ...read, isWhole: read.isWhole && !read.hasAlike };
}

interface Page {
  content: readonly unknown[];
  total_pages?: number | null;
  total_count?: number | null;
  per_page?: number | null;
}

/**
 * Told by `total_pages`; without it by how many were seen of all, else by a page that is not full. A list that has something
 * is not one of no pages, whatever it says.
 */
export function isLastPage(wire: Page, page: number, seen: number): boolean {
  if (wire.content.length === 0) return true;
  if (wire.total_pages) return page + 1 >= wire.total_pages;
  if (wire.total_count) return seen >= wire.total_count;
  return wire.content.length < (wire.per_page ?? PER_PAGE);
}

/** The list requires no field, not even the id: what stands in for it need only tell one row from another. */
export function idOf(row: AppointmentWire): string {
  return row.id ?? row.remote_id ?? `${timeText(row.created_at) ?? ''}/${timeText(row.booking_date) ?? ''}`;
}

/** What tells rows apart: the id, and never another row's for what stands in for one. */
function keyOf(row: AppointmentWire): string {
  return row.id ?? `without an id: ${idOf(row)}`;
}

/** How the practice's times are read. */
interface Clock {
  zone: string;
  notice: Notice;
}

function clockOf(session: Session, call: Call): Clock {
  return { zone: accountOf(session, call).timezone, notice: session.notice };
}

/** The newer word wins, whichever order they were read in. */
function merge(clock: Clock, rows: Map<string, AppointmentWire>, row: AppointmentWire): void {
  const known = rows.get(keyOf(row));
  if (known && updatedMs(known, clock) > updatedMs(row, clock)) return;
  rows.set(keyOf(row), row);
}

function updatedMs(row: AppointmentWire, clock: Clock): number {
  return updateOf(row, clock)?.ms ?? Infinity;
}

function updatesOf(rows: readonly AppointmentWire[], clock: Clock): ReadTime[] {
  return rows.flatMap((row) => updateOf(row, clock) ?? []);
}

function updateOf({ updated_at }: AppointmentWire, { zone, notice }: Clock): ReadTime | null {
  return timeOf(updated_at, zone, null, { field: 'appointment.updated_at', notice });
}

function forgetLongOver(rows: Map<string, AppointmentWire>, now: number, zone: string): void {
  for (const [id, row] of rows) {
    const start = timeOf(row.booking_date, zone);
    if (start && start.ms < now - KEPT_AFTER_START_MS) rows.delete(id);
  }
}
