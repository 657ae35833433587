import { PROBES, type Probe } from './probes';

/**
 * What the page of provider facts could not find out, as data. A row's quote stands on that page; its probe finds
 * the answer at a real provider, or `why` says what keeps it from being asked.
 */
export type Unknown = { id: string; quote: string } & ({ probe: Probe } | { why: string });

const NO_OLIVER = 'Oliver has no public sandbox to ask; the adapter is safe either way';
const NO_CALCOM = 'no account of Cal.com is asked yet; the adapter must be safe either way';

export const UNKNOWNS: readonly Unknown[] = [
  {
    id: 'a second active appointment of one patient',
    quote: 'is [unknown] and must not be taken for "slot gone"',
    probe: PROBES.secondActive,
  },
  { id: 'an expired key', quote: 'The error for an expired key is [unknown]', probe: PROBES.expiredKey },
  { id: 'a key that is none', quote: 'The error for an expired key is [unknown]', probe: PROBES.badKey },
  {
    id: 'a second booking of the same slot',
    quote: 'a second booking of the same slot by the same patient is [unknown]',
    probe: PROBES.sameSlot,
  },
  {
    id: 'async confirmation',
    quote: 'ignores its fields or refuses them is [unknown]',
    probe: PROBES.asyncFields,
  },
  {
    id: 'keys of a book call',
    quote: 'whether an account has them is [unknown]',
    probe: PROBES.bookKey,
  },
  {
    id: 'booking before the order is ready',
    quote: 'whether they are the same at home is [unknown]',
    probe: PROBES.notReady,
  },
  {
    id: 'cancelling twice',
    quote: 'whether they are the same at home is [unknown]',
    probe: PROBES.cancelTwice,
  },
  {
    id: 'moving what is cancelled',
    quote: 'whether they are the same at home is [unknown]',
    probe: PROBES.moveCancelled,
  },
  {
    id: 'booking for a cancelled order',
    quote: 'whether they are the same at home is [unknown]',
    probe: PROBES.cancelledOrder,
  },
  {
    id: 'the order of webhooks',
    quote: 'Delivery is at least once, and its order is [unknown]',
    why: 'needs an address that Junction can reach; news carries no state here, so any order will do',
  },
  {
    id: 'the lifetime of a token',
    quote: "A token's lifetime is [unknown]: on 401 sign in again once",
    why: NO_OLIVER,
  },
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
  { id: 'a taken slot', quote: 'a taken slot, in words that leave no doubt | [unknown]', why: NO_OLIVER },
  {
    id: 'the words for an unknown patient',
    quote:
      'create needs a patient_id or patient_remote_id that exists, in words that are not documented | [seed: create], words [unknown]',
    why: NO_OLIVER,
  },
  {
    id: 'the words for an unknown client',
    quote:
      'create looks the client up by id, remote id or name, in words that are not documented | [seed: create], words [unknown]',
    why: NO_OLIVER,
  },
  { id: 'an unknown client id', quote: 'GET client by id, of an unknown id | [unknown]', why: NO_OLIVER },
  {
    id: 'patients of a client that is gone',
    quote: 'GET patients of a client that is gone | [unknown]',
    why: NO_OLIVER,
  },
  {
    id: 'how far one search of slots reaches',
    quote: 'How many days one search may cover is [unknown]',
    why: NO_CALCOM,
  },
  {
    id: 'cancelling what was declined',
    quote: 'Whether a rejected booking can be cancelled is [unknown]',
    why: NO_CALCOM,
  },
  {
    id: "notice of a host's own cancel",
    quote: 'Whether notice binds hosts too is [unknown]',
    why: NO_CALCOM,
  },
  {
    id: 'the case of an e-mail',
    quote: 'whether an e-mail is kept as it was sent or in lower case is [unknown]',
    why: NO_CALCOM,
  },
  { id: 'the order of a list', quote: 'The order without a sort is [unknown]', why: NO_CALCOM },
  {
    id: "the unit of a rate limit's reset",
    quote: 'one page about it says Unix time [unknown]',
    why: NO_CALCOM,
  },
  { id: 'news that was not taken', quote: 'newer ones have a queue [unknown]', why: NO_CALCOM },
];
