import type { Capabilities } from '../../src/booking/capabilities';
import { DEFAULT_LIMITS, type Limits } from '../../src/booking/limits';
import { PROVIDERS, type ProviderName } from '../../src/booking/model';
import type { BookingRequest } from '../../src/booking/schema/request';
import { ownerOf, type Owning } from './own';

/** What the booking is to do, and under which terms: frozen when its request was read. */
export interface TermsPart {
  /** The provider and account that the request names; null where it names none that could be. */
  readonly named: { readonly provider: ProviderName | null; readonly account: string | null };
  readonly request: BookingRequest;
  readonly capabilities: Capabilities;
  readonly limits: Limits;
}

type HasTerms = Owning<'terms', TermsPart>;

/** What a request says of itself before it is read; the rest is replaced by the answer of openBooking before any step runs. */
export function termsNamedIn(input: unknown): TermsPart {
  return {
    named: namedIn(input),
    request: { provider: 'junction-phlebotomy', account: 'default', preference: 'earliest' },
    capabilities: UNOPENED,
    limits: DEFAULT_LIMITS,
  };
}

const UNOPENED: Capabilities = {
  vendor: 'junction',
  taskQueue: '',
  orderKind: null,
  needsRequisition: false,
  refReturns: true,
  requestTier: false,
  cancelBy: 'call',
  orderCancelTakesAppointment: false,
  reschedule: 'none',
  writesNameOrder: false,
  webhooks: false,
  settlesAt: [],
  lateCommitWindowMs: 0,
  feeWindowMs: 0,
  leadTimeMs: 0,
  minAgeYears: null,
  orderKeyLifetimeMs: 0,
  bookTakesKey: false,
  bookKeyLifetimeMs: 0,
  callTimeoutMs: 0,
};

const change = ownerOf<'terms', TermsPart>('terms');

/** The request was read. */
export function requestRead(b: HasTerms, terms: Omit<TermsPart, 'named'>): void {
  const { provider, account } = terms.request;
  change(b, () => ({ ...terms, named: { provider, account } }));
}

/** A move wants something else from now on, or has come to nothing. */
export function wishesChanged(b: HasTerms, request: BookingRequest): void {
  change(b, (part) => ({ ...part, request }));
}

/** What a request says of itself before it is read: one that nobody can read must not pass for another provider's. */
function namedIn(input: unknown): TermsPart['named'] {
  const at = (name: string): unknown =>
    typeof input === 'object' && input !== null ? Reflect.get(input, name) : undefined;
  const { provider, account } = { provider: at('provider'), account: at('account') };
  const known = PROVIDERS.find((one) => one === provider) ?? null;
  const isName = typeof account === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(account);
  return { provider: known, account: isName ? account : known && account == null ? 'default' : null };
}
