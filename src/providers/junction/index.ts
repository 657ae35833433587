import type { Logger } from 'pino';
import { CAPABILITIES } from '../../booking/capabilities';
import { clocksOf, type Clocks } from '../clocks';
import { noticeOnce } from '../once';
import { createPace, type PacedExchange } from '../pace';
import type { Provider } from '../provider';
import type { JunctionAccount } from './accounts';
import { book, cancelAppointment, lookUp, reschedule } from './appointments';
import { junction } from './facts';
import { DIALECTS, type JunctionName } from './operations';
import { orderCalls } from './orders';
import { cancellationReasons } from './reasons';
import type { Session } from './session';
import { searchSlots } from './slots';
import { tierCalls } from './tiers';

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
  { accounts, log, send = createPace(accounts, junction.pace), ...clocks }: JunctionOptions,
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
