import type { Capabilities } from '../../../src/booking/capabilities';
import type { Limits } from '../../../src/booking/limits';
import { PROVIDERS, type ProviderName } from '../../../src/booking/vendors';
import type { BookingRequest } from '../../../src/booking/schema/request';
import { ownerOf, type Owning } from './own';

/** What the booking is to do, and under which terms: frozen when its request was read. */
export interface Terms extends Named {
  readonly request: BookingRequest;
  readonly capabilities: Capabilities;
  readonly limits: Limits;
}

/** The terms before the request was read. A function that reads terms has to take a booking whose request was read. */
export interface UnreadTerms extends Named {
  readonly request: null;
  readonly capabilities: null;
  readonly limits: null;
}

interface Named {
  /** The provider and account that the request names; null where it names no possible one. */
  readonly named: { readonly provider: ProviderName | null; readonly account: string | null };
}

export type TermsPart = Terms | UnreadTerms;

type HasTerms = Owning<'terms', TermsPart>;

/** Returns the terms of a booking whose request was not read yet. */
export function termsNamedIn(input: unknown): UnreadTerms {
  return { named: namedIn(input), request: null, capabilities: null, limits: null };
}

const change = ownerOf<'terms', TermsPart>('terms');

/** The request was read. */
export function requestRead<B extends HasTerms>(
  b: B,
  terms: Omit<Terms, 'named'>,
): asserts b is B & { readonly state: { readonly terms: Terms } } {
  const { provider, account } = terms.request;
  change(b, () => ({ ...terms, named: { provider, account } }));
}

/** A move changed what the request wants, or came to nothing and gave the old wishes back. */
export function wishesChanged(b: HasTerms, request: BookingRequest): void {
  change(b, (part) => (part.request === null ? part : { ...part, request }));
}

/** Returns what an unread request names, so that an unreadable one is not counted as another provider's. */
function namedIn(input: unknown): Named['named'] {
  const field = (name: string): unknown =>
    typeof input === 'object' && input !== null ? Reflect.get(input, name) : undefined;
  const { provider, account } = { provider: field('provider'), account: field('account') };
  const known = PROVIDERS.find((one) => one === provider) ?? null;
  const isName = typeof account === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(account);
  return { provider: known, account: isName ? account : known && account == null ? 'default' : null };
}
