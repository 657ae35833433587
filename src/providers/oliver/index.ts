import type { Logger } from 'pino';
import { clocksOf, type Clocks } from '../clocks';
import { noticeOnce } from '../once';
import { createPace, type PacedExchange } from '../pace';
import type { Provider } from '../provider';
import type { OliverAccount } from './accounts';
import { createAppointmentList } from './appointment-list';
import { book, lookUp, type Practice } from './appointments';
import { oliver } from './facts';
import { createResolve } from './people';
import { createSession } from './session';
import { openTimes } from './slots';
import { cancelAppointment } from './staff-tasks';

export interface OliverOptions extends Partial<Clocks> {
  /** Practices by account name. */
  accounts: Readonly<Record<string, OliverAccount>>;
  /** Told once about each value that this build does not know. */
  log: Pick<Logger, 'warn'>;
  /** Sends a request at the account's pace. Left out: at the usual one, without a proxy. */
  send?: PacedExchange;
}

/**
 * Creates Oliver's adapter, for veterinary practices. Oliver has no orders, no webhooks, no move and no cancel of its
 * own. All calls of the instance share tokens, clients and the appointment list of each practice.
 */
export function createOliver({
  accounts,
  log,
  send = createPace(accounts, oliver.pace),
  ...clocks
}: OliverOptions): Provider {
  const session = createSession({
    accounts,
    notice: noticeOnce(log),
    send,
    ...clocksOf(clocks),
  });
  const practice: Practice = {
    session,
    list: createAppointmentList(session),
    resolve: createResolve(session),
  };
  return {
    name: 'oliver',
    orders: null,
    tiers: null,
    reschedule: null,
    async searchSlots(call, { days, request }) {
      // This comes first, so that an unknown client or patient does not look like a taken slot later.
      await practice.resolve(call, request);
      return openTimes(session, call, days, request);
    },
    book: (call, booking) => book(practice, call, booking),
    lookUp: (call, where) => lookUp(practice, call, where),
    cancelAppointment: (call, cancel) => cancelAppointment(practice, call, cancel),
  };
}
