import { bookingIdIn } from '../../../src/booking/names';
import type { Effect, Sent } from '../world/network';

/** What bookings did to appointments and orders at the providers, as the providers themselves saw it. */

export interface Deed {
  did: 'cancel' | 'move' | 'end order';
  /** The appointment; the order for an order's end. */
  id: string;
  /** The booking, or the one whose clean-up it was. */
  by: string;
  /** When it took effect. */
  atMs: number;
  /** Since when the attempt that made it ran: what came about later, it could not know. */
  sinceMs: number;
}

/** A create at a practice that was sent: whether it arrived or was answered is another matter. */
export interface Create {
  by: string;
  /** Since when the attempt that sent it ran. */
  sinceMs: number;
}

export interface Ledger {
  note(effect: Effect, atMs: number): void;
  noteSent(sent: Sent): void;
  deeds(): readonly Deed[];
  creates(): readonly Create[];
  /** Who ended an appointment: its own cancel, or the cancel of its order where that takes it along. Null: no booking. */
  enderOf(appointment: { id: string; orderId: string | null }): Deed | null;
}

/** Which calls are deeds, and where their answers name what they did. */
const CALLS: readonly {
  path: RegExp;
  did: Deed['did'];
  idsOf(effect: Effect): readonly string[];
}[] = [
  { path: /^\/v3\/order\/[^/]+\/cancel$/, did: 'end order', idsOf: ({ path }) => [path.split('/')[3] ?? ''] },
  { path: /\/appointment\/cancel$/, did: 'cancel', idsOf: answeredId },
  { path: /\/appointment\/reschedule$/, did: 'move', idsOf: answeredId },
  // Staff cancel what the words of a task name.
  { path: /\/staff_tasks$/, did: 'cancel', idsOf: namedIds },
];

const CREATE = /\/appointments$/;

export function createLedger(): Ledger {
  const deeds: Deed[] = [];
  const creates: Create[] = [];
  return {
    deeds: () => deeds,
    creates: () => creates,
    noteSent({ by: caller, method, path }) {
      const by = caller && bookingIdIn(caller.workflowId);
      if (by && method === 'POST' && CREATE.test(path)) creates.push({ by, sinceMs: caller.sinceMs });
    },
    note(effect, atMs) {
      const by = effect.by && bookingIdIn(effect.by.workflowId);
      const call = CALLS.find(({ path }) => path.test(effect.path));
      if (!by || !call || effect.status >= 300 || effect.method === 'GET') return;
      const sinceMs = effect.by?.sinceMs ?? atMs;
      deeds.push(...call.idsOf(effect).map((id) => ({ did: call.did, id, by, atMs, sinceMs })));
    },
    enderOf: ({ id, orderId }) =>
      deeds.find((deed) => deed.did === 'cancel' && deed.id === id) ??
      deeds.find((deed) => deed.did === 'end order' && deed.id === orderId) ??
      null,
  };
}

function answeredId({ answer }: Effect): string[] {
  const { id } = JSON.parse(answer) as { id?: unknown };
  return typeof id === 'string' ? [id] : [];
}

/** The first number in its title: the sandbox's staff take it for the appointment's id (src/sandbox/oliver/tasks.ts). */
function namedIds({ body }: Effect): string[] {
  const { title = '' } = JSON.parse(body) as { title?: string };
  return title.match(/(?<![\w-])\d+(?![\w-])/)?.slice(0, 1) ?? [];
}
