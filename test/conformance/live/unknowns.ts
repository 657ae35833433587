import { PROBES, type Probe } from './probes';

/**
 * What the page of provider facts could not find out, as data. A row's quote stands on that page; its probe finds
 * the answer at a real provider, or `why` says what keeps it from being asked.
 */
export type Unknown = { id: string; quote: string } & ({ probe: Probe } | { why: string });

const NO_OLIVER = 'Oliver has no public sandbox to ask; the adapter is safe either way';

export const UNKNOWNS: readonly Unknown[] = [
  {
    id: 'a second active appointment of one patient',
    quote: 'with an error that is [unknown] and must not be taken for "slot gone"',
    probe: PROBES.secondActive,
  },
  { id: 'an expired key', quote: 'The error for an expired key is [unknown]', probe: PROBES.expiredKey },
  { id: 'a key that is none', quote: 'The error for an expired key is [unknown]', probe: PROBES.badKey },
  {
    id: 'a second booking of the same slot',
    quote: 'none documents that it refuses a second booking of the same slot by the same patient',
    probe: PROBES.sameSlot,
  },
  {
    id: 'async confirmation',
    quote: 'an account without it may ignore the fields or refuse them',
    probe: PROBES.asyncFields,
  },
  {
    id: 'keys of a book call',
    quote: 'are a closed beta that the account may lack',
    probe: PROBES.bookKey,
  },
  {
    id: 'booking before the order is ready',
    quote: '[doc: PSC; at-home unknown]',
    probe: PROBES.notReady,
  },
  { id: 'cancelling twice', quote: '[doc: PSC; at-home unknown]', probe: PROBES.cancelTwice },
  { id: 'moving what is cancelled', quote: '[doc: PSC; at-home unknown]', probe: PROBES.moveCancelled },
  { id: 'booking for a cancelled order', quote: '[doc: PSC; at-home unknown]', probe: PROBES.cancelledOrder },
  {
    id: 'the order of webhooks',
    quote: 'Delivery is at least once and order is [unknown]',
    why: 'needs an address that Junction can reach; news carries no state here, so any order will do',
  },
  { id: 'the lifetime of a token', quote: 'lifetime [unknown]: on 401 sign in again once', why: NO_OLIVER },
  {
    id: 'a second create for one slot',
    quote: 'Whether a second create for the same slot is refused is [unknown]',
    why: NO_OLIVER,
  },
  {
    id: 'a client that only a name names',
    quote: 'What happens to an unknown client named by name is [unknown]',
    why: NO_OLIVER,
  },
  { id: 'a taken slot', quote: 'The answer for a taken slot is [unknown]', why: NO_OLIVER },
];
