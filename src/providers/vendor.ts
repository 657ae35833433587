import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from 'pino';
import type { FactsOf, ProviderOf, VendorName } from '../booking/vendors';
import type { Account, AccountsPart } from '../settings/accounts';
import type { Fault } from '../settings/text';
import type { NewsReader } from './news';
import type { PacedExchange } from './pace';
import type { Provider } from './provider';

/**
 * What a vendor declares besides its facts (`vendor.ts` in its folder): how its accounts are set, and where its code is.
 * Adapter, sandbox and receiver are required when they are needed only, so that a deployment pays for no vendor that it
 * does not use. A part that is left out does not compile.
 */
export interface Vendor<V extends VendorName = VendorName, A extends Account = Account> {
  readonly accounts: AccountsPart<A>;
  readonly sandbox: SandboxPart<A>;
  /** How its webhooks are read; null where its facts say that it sends none. */
  readonly news: NewsOf<FactsOf<V>['webhooks']>;
  /** Loads and creates the adapter of each of its providers. They share the pace, and do not connect yet. */
  adapters(options: AdapterOptions<A>): Readonly<Record<ProviderOf<V>, Provider>>;
}

/** Distributes over what several vendors say. */
type NewsOf<SendsWebhooks> = SendsWebhooks extends true ? NewsPart : null;

export interface AdapterOptions<A extends Account> {
  accounts: Readonly<Record<string, A>>;
  /** Told once about each value that this build does not know. */
  log: Pick<Logger, 'warn'>;
  /** Sends a request at the account's pace. */
  send: PacedExchange;
}

export interface SandboxPart<A extends Account> {
  /** What an account at the sandbox has besides its address, as `<VENDOR>_ACCOUNTS` takes it. */
  readonly account: Readonly<Omit<A, 'baseUrl' | 'capabilities'>>;
  /** The headers with which a call by hand is let in. */
  readonly headers: Readonly<Record<string, string>>;
  /** What a developer needs to know to call it by hand, as `[what, text]`. */
  readonly tells: readonly (readonly [string, string])[];
  /** Whether a call of the sandbox's log books: the demo counts them. */
  isBookCall(method: string, path: string): boolean;
  /** Whether an account has the sandbox's credentials. Sandboxes are never called through a proxy. */
  isItsOwn(account: A): boolean;
  /** Loads it, and starts to listen. */
  start(options: SandboxOptions): Promise<RunningSandbox>;
}

export interface SandboxOptions {
  /** 0 takes any free port. */
  port: number;
  /** 127.0.0.1 when not set. */
  host?: string;
  /** The directory of its state; null keeps the state in memory. */
  dataDir: string | null;
  /** Real ms per sandbox ms for all of its durations; its own when left out. */
  timeScale?: number;
  /** Where its webhooks go; null: nowhere. A sandbox of a vendor that sends none ignores it. */
  webhookUrl: string | null;
  log?: Logger;
}

export interface RunningSandbox {
  url: string;
  /** Stops listening, saves, and resolves when nothing runs any more. */
  close(): Promise<void>;
}

/** How a vendor's webhooks are received, beyond what the shared receiver does for all (src/api/webhooks/). */
export interface NewsPart {
  /** The secret that its sandbox signs with. */
  readonly sandboxSecret: string;
  /** Returns what is wrong with a secret of `<VENDOR>_WEBHOOK_SECRET`. */
  secretFault(secret: string): Fault;
  /** Loads the check of a body's signature. Without secrets nothing verifies. */
  verifier(secrets: readonly string[]): Verifier;
  /** Loads what reads its events. */
  reader(): NewsReader;
}

/** Returns true when a body came from the vendor. */
export type Verifier = (body: Buffer, headers: IncomingHttpHeaders) => boolean;
