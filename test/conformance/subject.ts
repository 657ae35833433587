import type { Capabilities } from '../../src/booking/capabilities';
import type { FailureCode } from '../../src/booking/failures';
import type { ProviderName } from '../../src/booking/model';
import type { BookingRequest } from '../../src/booking/schema/request';
import type { Provider } from '../../src/providers/provider';
import type { Exchange } from './recorder';

/**
 * What a provider brings to the conformance kit: its adapter, pointed at its sandbox (or at the real thing), and
 * hands to move what is behind it. A new provider writes one of these and the line that gives it to the kit.
 */
export interface Subject {
  provider: ProviderName;
  account: string;
  adapter: Provider;
  capabilities: Capabilities;
  /** IANA zone of the account's place, as the settings have it; null where the provider gives its slots' zones. */
  timezone: string | null;
  /** A request that names the person, and the texts of it that whoever takes the booking must get. */
  named: { request: BookingRequest; texts: readonly string[] };
  /** A request that can be served, for windows some days ahead. Each call is a patient without appointments. */
  request(over?: Partial<BookingRequest>): BookingRequest;
  /** What a request says so that the provider may answer before it has made up its mind. */
  patience: Partial<BookingRequest>;
  /** The other ways in which a request may name the place or the people; each must find slots. */
  ways: readonly { what: string; request: BookingRequest }[];
  /** Requests whose search must fail, each with its code. */
  hopeless: readonly { what: string; request: BookingRequest; code: FailureCode }[];
  /** A look-up where nothing can be seen: it must fail (`unexpected_answer`), and never come back empty. */
  nowhere: { orderId: string | null; request: BookingRequest };
  /** A refusal's body in the vendor's own error form. */
  errorBody(text: string): unknown;
  /** Null at providers without orders. */
  orders: Orders | null;
  /** A request whose area has no slots but a vendor to be asked; null without a request tier. */
  visit: BookingRequest | null;
  /** Whether the book call takes an idempotency key where the account has them. */
  takesBookKey: boolean;
  /** Null at a real provider: then only the cases that need no hand can run. */
  hand: Hand | null;
  /** Every call that the adapter made, oldest first. */
  exchanges: readonly Exchange[];
  /** Throws when a request or an answer is not what the provider's contract says. */
  checkContract(): void;
  close(): Promise<void>;
}

export interface Orders {
  /** Brings a placed order to where it can be booked. */
  ready(orderId: string): Promise<void>;
}

/** How the provider takes the bookings that come: at once, after a while, with a no after a while, or not at all. */
export type Plan = 'confirm' | 'pending' | 'decline' | 'never';

/** The adapter's calls that the kit spoils, in the paths that the sandbox's fault rules take. */
export type Spoilable =
  'search' | 'book' | 'lookUp' | 'cancel' | 'move' | 'visit' | 'placeOrder' | 'cancelOrder';

/** A way to spoil one call; the sandboxes' own rules (see /_sandbox/faults) without method and path. */
export interface Fault {
  times?: number;
  when?: 'before' | 'after' | 'late';
  answer?:
    'timeout' | 'reset' | 'garbage' | { status: number; headers?: Record<string, string>; body?: unknown };
  /** Real ms. */
  delayMs?: number;
}

/** Hands behind the provider. */
export interface Hand {
  fault(call: Spoilable, fault: Fault): Promise<void>;
  /** Somebody else takes the slot of the next booking just before it comes. */
  snatch(): Promise<void>;
  plan(plan: Plan): Promise<void>;
  /** Staff that cancels by task does what it was asked to; until then it does nothing. */
  staffActs(): Promise<void>;
  /** An appointment that the adapter did not make: for the same patient (and order), or for a stranger. */
  foreignAppointment(made: {
    orderId: string | null;
    startsAt: string;
    endsAt: string;
    of: 'patient' | 'stranger';
  }): Promise<void>;
  /** Somebody at the provider moves an appointment to that start, which may be past. Returns its id from then on. */
  move(id: string, startsAt: string): Promise<string>;
  /** No read shows the appointments that are made from now on; null where a case of orders plays that. */
  hideNew: (() => Promise<void>) | null;
  /** The visit takes place; null where only the clock tells (the trait `visitEnds`). */
  endVisit: ((id: string) => Promise<void>) | null;
  /** More than a page of entries that the adapter's reads for this request have to go through, before those to come. */
  crowd(request: BookingRequest): Promise<void>;
  /** Puts the place into a zone that is far from UTC, and gives the account that zone. Returns it. */
  goFar(): Promise<string>;
  /** Gives the account a pace of its own; before its first call. */
  pace(limits: { inFlight: number; perSecond: number }): void;
  /** Lets the adapter hear something else than what was answered: for the wrong adapters of the kit's own test. */
  mishear(change: (exchange: Exchange) => unknown): void;
  /** How many appointments and orders are live, whoever made them. */
  live(): Promise<{ appointments: number; orders: number }>;
  /** From now on answers have words that no contract lists. */
  quirk(quirk: 'unknownEnum'): Promise<void>;
  /** The account's credentials stop working; the function that is returned makes them work again. */
  expireCredentials(): Promise<() => Promise<void>>;
  /** Ends sessions that were signed in, the credentials being good; null where there are none. */
  expireSession: (() => Promise<void>) | null;
  /** Calls of this kind that the adapter made so far. */
  made(call: Spoilable): Exchange[];
}
