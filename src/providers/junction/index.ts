import type { Logger } from 'pino';
import { CAPABILITIES } from '../../booking/capabilities';
import type { JunctionAccount } from '../../config';
import { clocksOf, type Clocks } from '../clocks';
import { noticeOnce } from '../once';
import { createPace, type PacedExchange } from '../pace';
import type { PaceLimits } from '../gate';
import type { Provider } from '../provider';
import type { Transport } from '../transport';
import { book, cancelAppointment, lookUp, reschedule } from './appointments';
import { DIALECTS, type JunctionName } from './operations';
import { orderCalls } from './orders';
import { cancellationReasons } from './reasons';
import type { Session } from './session';
import { searchSlots } from './slots';
import { tierCalls } from './tiers';

/**
 * The default pace. Junction sets no limit for a customer now; it answers 429 or 503 under load [doc, "Rate Limiting"].
 */
const USUAL_PACE: PaceLimits = { inFlight: 50, perSecond: 100 };

/** Creates the pace of Junction's accounts, for both kinds of appointment together. */
export function junctionPace(accounts: JunctionOptions['accounts'], transport?: Transport): PacedExchange {
  return createPace(accounts, USUAL_PACE, transport);
}

export interface JunctionOptions extends Partial<Clocks> {
  accounts: Readonly<Record<string, JunctionAccount>>;
  /** Told once about each value that this build does not know. */
  log: Pick<Logger, 'warn'>;
  /** The pace of the accounts' calls, if it is shared with the other kind of appointment. Left out: its own. */
  send?: PacedExchange;
}

/** Creates Junction's adapter, for visits at home or for appointments at draw sites (PSC). */
export function createJunction(
  name: JunctionName,
  { accounts, log, send = junctionPace(accounts), ...clocks }: JunctionOptions,
): Provider {
  const dialect = DIALECTS[name];
  const session: Session = { dialect, accounts, notice: noticeOnce(log), send, ...clocksOf(clocks) };
  const reasons = cancellationReasons(session);
  return {
    name,
    orders: orderCalls(session),
    tiers: CAPABILITIES[name].requestTier ? tierCalls(session) : null,
    searchSlots: (call, query) => searchSlots(session, call, query),
    book: (call, booking) => book(session, call, booking),
    reschedule: (call, move) => reschedule(session, call, move),
    lookUp: (call, where) => lookUp(session, call, where),
    cancelAppointment: (call, cancel) => cancelAppointment(session, reasons, call, cancel),
  };
}
