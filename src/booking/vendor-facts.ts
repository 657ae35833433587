import type { RequestField } from './schema/request-form';
import type { CheckName } from './schema/value-checks';
import type { Traits } from './traits';

/**
 * What a vendor declares about itself, as plain data: `facts.ts` in its folder. Everything that has a row, a queue, a
 * port, a setting or a rule for each vendor is made of it. Workflows bundle it, so it holds no code.
 */
export interface VendorFacts {
  /** Its name as people write it: in logs and on the page of a start. */
  readonly label: string;
  /** Whether it sends webhooks. Then its declaration needs a receiver, and its secret is `<VENDOR>_WEBHOOK_SECRET`. */
  readonly webhooks: boolean;
  /** The port of its sandbox, unless `<VENDOR>_SANDBOX_PORT` says otherwise. */
  readonly sandboxPort: number;
  /** How often it may be called, where neither an account nor `<VENDOR>_PACE` says. */
  readonly pace: VendorPace;
  /** Its settings, beside those that every vendor has (settings.ts), in the order in which people read them. */
  readonly settings: readonly SettingFacts[];
  /** Its providers: the ways of booking at it, by the name that requests give. */
  readonly providers: Readonly<Record<string, ProviderFacts>>;
}

/** How many calls one account makes at once, within a second and within a minute, in each process. */
export interface VendorPace {
  readonly inFlight: number;
  readonly perSecond: number;
  /** Null where the vendor has no such limit. */
  readonly perMinute: number | null;
}

export interface SettingFacts {
  readonly name: string;
  /** What holds when it is not set, as the documents show it. */
  readonly otherwise: string;
  readonly meaning: string;
}

/** What differs between a vendor's ways of booking. */
export interface ProviderFacts {
  readonly traits: Traits;
  readonly request: RequestRules;
  /** A file under examples/ with a request that its sandbox can serve. */
  readonly example: string;
}

/** What a provider takes and needs of a request. */
export interface RequestRules {
  /**
   * The fields that it takes, beside those that mean something everywhere. A block that is named takes all its parts.
   * Everything else is refused: callers would take a silently ignored field for done.
   */
  readonly takes: readonly RequestField[];
  /** Needed in every request. */
  readonly always: readonly RequestField[];
  /** Also needed when the booking places the order. An adopted order brings the patient along. */
  readonly whenPlaced: readonly RequestField[];
  /** Groups of fields of which exactly one must be given. `a|b` in a form means a, b or both. */
  readonly oneOf: readonly {
    readonly field: RequestField;
    readonly forms: readonly (readonly string[])[];
    readonly hint: string;
  }[];
  /** What it wants of single fields, beyond the form that holds for every provider. */
  readonly checks: readonly FieldCheck[];
}

/** A check of one field: one that other vendors may share, by its name, or a pattern of this vendor alone. */
export type FieldCheck =
  | { readonly field: RequestField; readonly check: CheckName }
  | { readonly field: RequestField; readonly pattern: RegExp; readonly hint: string };
