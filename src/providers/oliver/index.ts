import type { Logger } from 'pino';
import type { OliverAccount } from '../../config';
import { clocksOf, type Clocks } from '../clocks';
import { noticeOnce } from '../once';
import { createPace, DEFAULT_PACE } from '../pace';
import type { Provider } from '../provider';
import type { Transport } from '../transport';
import { createAppointmentList } from './appointment-list';
import { book, lookUp, type Practice } from './appointments';
import { createResolve } from './people';
import { createSession } from './session';
import { openTimes } from './slots';
import { cancelAppointment } from './staff-tasks';

export interface OliverOptions extends Partial<Clocks> {
  /** Practices by account name. */
  accounts: Readonly<Record<string, OliverAccount>>;
  /** Told once about each value that this build does not know. */
  log: Pick<Logger, 'warn'>;
  /** What reaches the network; Node's own fetch when left out. */
  transport?: Transport;
}

/**
 * Oliver's veterinary practices behind the providers' interface: no orders, no webhooks, no move and no cancel of
 * its own. Tokens, clients and the appointment list of each practice are shared by all calls of the instance.
 */
export function createOliver({ accounts, log, transport, ...clocks }: OliverOptions): Provider {
  const session = createSession({
    accounts,
    notice: noticeOnce(log),
    send: createPace(accounts, DEFAULT_PACE, transport),
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
      // First, so that an unknown client or patient is not taken for a taken slot later on.
      await practice.resolve(call, request);
      return openTimes(session, call, days, request);
    },
    book: (call, booking) => book(practice, call, booking),
    lookUp: (call, where) => lookUp(practice, call, where),
    cancelAppointment: (call, cancel) => cancelAppointment(practice, call, cancel),
  };
}
