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
 * One practice's appointment list, read for all bookings at once. Only the list shows a status change, so a thousand
 * waiting bookings would read the same pages a thousand times. Here they share one reading of what was updated since
 * the last. The rows hold other people's data and stay inside the adapter.
 */

/** The longest time that an update may take to show, in ms. Windows overlap by it. */
const OVERLAP_MS = 15 * 60_000;

/** How far this machine's clock may be off, in ms. The last window ends that much later. */
const CLOCK_SLACK_MS = 12 * 3_600_000;

/** The longest window of a practice's first reading, in ms. */
const WINDOW_MS = 100 * 86_400_000;

/** The longest last window, in ms: it is short, so that it is read before its rows move between pages. */
const LAST_WINDOW_MS = 86_400_000;

/** How long after its start an appointment is kept, in ms. An older one serves no open booking. */
const KEPT_AFTER_START_MS = 90 * 86_400_000;

/** The contract's maximum. */
const PER_PAGE = 100;

/** A list with more pages counts as endless. */
const MAX_PAGES = 1_000;

/** How often a window is read if its pages shift meanwhile. */
const MAX_READS = 4;

/**
 * How far back the first reading goes unless the account says otherwise, in days. Requests reach 365 days ahead
 * (src/booking/schema/day-rules.ts), and a booking stays open until its visit is over. So an open booking's appointment
 * was created at most a year and the wait for the final word ago, and was last updated after that.
 */
const DEFAULT_LOOK_BACK_DAYS = 400;

/** How old a reading may be for a look-up, unless the account says otherwise, in ms. */
const DEFAULT_MAX_AGE_MS = 1_000;

export interface AppointmentList {
  /**
   * Returns the practice's appointments by id (those without one apart), from a reading that began less than the
   * account's `listMaxAgeMs` ago and after the last noted write; a fresh one began after this call. Throws what the
   * reads throw; a failure costs all callers that waited for that reading one try.
   */
  appointments(call: Call, isFresh?: boolean): Promise<ListReading>;
  /** Notes a write of ours: readings that began before it no longer count. */
  discardOnWrite(account: string): void;
}

export interface ListReading {
  rows: ReadonlyMap<string, AppointmentWire>;
  /**
   * Whether every row of the list could be read. Rows that are shown are proof in any case. An unreadable row may be
   * anybody's, so then no appointment is known to be absent.
   */
  isWhole: boolean;
}

interface Practice {
  rows: Map<string, AppointmentWire>;
  /** Whether the last whole reading could read every row. */
  isWhole: boolean;
  /** All updates before this have been asked for, in ms by the provider's clock; null before the first window. */
  throughMs: number | null;
  /** Spans before `throughMs` with unreadable rows: each reading reads these again. */
  unread: readonly Span[];
  /** How far the provider's clock is ahead of our steady one at least, in ms; null until an update has told. */
  leadMs: number | null;
  /** When the last whole reading began: in ms on the steady clock, and by its number among the moments. */
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

/** Creates the appointment lists of all practices, each on its own. Nothing is read until a caller asks. */
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
      const { listMaxAgeMs = DEFAULT_MAX_AGE_MS } = accountOf(session, call);
      const practice = practiceOf(call.account);
      const moment = isFresh ? ++practice.moments : practice.lastWrite;
      const wanted = { atMs: session.steady() - listMaxAgeMs, moment };
      // A reading that is under way may have begun too early; then another one follows.
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
 * Reads the unreadable spans again, and then from where the last window ended up to now. Windows that were read stay
 * read when a later one fails.
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
  // Older spans come first: a row that is updated meanwhile moves to the last window, which must not be read before
  // that.
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
  // The next windows show again what was updated after that.
  practice.unread = before(practice.unread, practice.throughMs ?? nowMs);
}

/** Reads each span with an unreadable row again, oldest first. Spans from before any open booking are forgotten. */
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
 * Returns how far the provider's clock is ahead at least, from its times of updates: its clock had passed each of them
 * when we heard of it. Our own clock may have been wrong then, and a mark from it would hide later updates for hours. A
 * time in the future says nothing, and neither does one without an offset, which may be by another clock than the
 * practice's.
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

/** Returns the time up to which a reading has read everything. Without any known update, our clock may be off. */
function readThrough(leadMs: number | null, beganMs: number, nowMs: number): number {
  return leadMs === null ? nowMs - CLOCK_SLACK_MS : Math.min(nowMs, beganMs + leadMs);
}

function windowEnd(from: number, now: number): number {
  if (now - from <= LAST_WINDOW_MS) return now;
  return Math.min(from + WINDOW_MS, now - LAST_WINDOW_MS);
}

/**
 * Reads all pages of a window. Rows that are updated meanwhile move to other pages, and shift others to pages that were
 * read already. So a read counts only if the total count did not change and it saw as many rows.
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

/** The rows of a window by id, and whether these are all of them. */
interface Rows {
  rows: Map<string, AppointmentWire>;
  isWhole: boolean;
  /** Whether two different rows have no id to tell them apart. Then the list is not whole. */
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
  // Duplicate rows on one page, and unreadable rows, are no sign that pages shifted.
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
    // Two different rows without an id count as one, so the other is as good as unread.
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
 * Returns true for the last page: by `total_pages`, else by how many of all were seen, else by a page that is not full.
 * A count of 0 is ignored when the page has rows.
 */
export function isLastPage(wire: Page, page: number, seen: number): boolean {
  if (wire.content.length === 0) return true;
  if (wire.total_pages) return page + 1 >= wire.total_pages;
  if (wire.total_count) return seen >= wire.total_count;
  return wire.content.length < (wire.per_page ?? PER_PAGE);
}

/** Returns a row's id, or a stand-in that only has to tell rows apart: the list requires no field, not even the id. */
export function idOf(row: AppointmentWire): string {
  return row.id ?? row.remote_id ?? `${timeText(row.created_at) ?? ''}/${timeText(row.booking_date) ?? ''}`;
}

/** Returns the key that tells rows apart. A stand-in never equals another row's id. */
function keyOf(row: AppointmentWire): string {
  return row.id ?? `without an id: ${idOf(row)}`;
}

/** The zone by which a practice's times are read, and whom to tell about unreadable ones. */
interface Clock {
  zone: string;
  notice: Notice;
}

function clockOf(session: Session, call: Call): Clock {
  return { zone: accountOf(session, call).timezone, notice: session.notice };
}

/** Adds a row. The newer version of a row wins, in whichever order they were read. */
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
