import type { Logger } from 'pino';
import { clocksOf, type Clocks } from '../clocks';
import { noticeOnce } from '../once';
import { createPace, type PacedExchange } from '../pace';
import type { Provider } from '../provider';
import type { CalcomAccount } from './accounts';
import { book, cancelAppointment, reschedule } from './appointments';
import { calcom } from './facts';
import { lookUp } from './look-up';
import type { Session } from './session';
import { searchSlots } from './slots';

export interface CalcomOptions extends Partial<Clocks> {
  accounts: Readonly<Record<string, CalcomAccount>>;
  /** Told once about each value that this build does not know. */
  log: Pick<Logger, 'warn'>;
  /** Sends a request at the account's pace. Left out: at the usual one, without a proxy. */
  send?: PacedExchange;
}

/** Creates Cal.com's adapter, for the times of people and teams. Cal.com has no orders. */
export function createCalcom({
  accounts,
  log,
  send = createPace(accounts, calcom.pace),
  ...clocks
}: CalcomOptions): Provider {
  const session: Session = { accounts, notice: noticeOnce(log), send, ...clocksOf(clocks) };
  return {
    name: 'calcom',
    orders: null,
    tiers: null,
    searchSlots: (call, { days, request }) => searchSlots(session, call, days, request),
    book: (call, booking) => book(session, call, booking),
    reschedule: (call, move) => reschedule(session, call, move),
    lookUp: (call, where) => lookUp(session, call, where),
    cancelAppointment: (call, cancel) => cancelAppointment(session, call, cancel),
  };
}
