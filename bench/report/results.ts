import type { Census } from '../census';
import type { Round } from '../measure/round';
import type { Account } from '../request';
import type { Machine } from './machine';

/** All that a run of the bench has found. */
export interface Results {
  machine: Machine;
  rounds: readonly Round[];
  /** How long the provider's four calls take by themselves, one after the other, by account. */
  ownTimeMs: Readonly<Partial<Record<Account, number>>>;
  /** At which account each load was. */
  accounts: ReadonlyMap<string, Account>;
  census: Census;
}
