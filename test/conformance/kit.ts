import { CAPABILITIES } from '../../src/booking/capabilities';
import type { ProviderName } from '../../src/booking/model';
import { bookingCases } from './cases/booking';
import { cancelCases } from './cases/cancelling';
import { farCases } from './cases/far';
import { fenceCases } from './cases/fence';
import { keyCases } from './cases/keys';
import { longListCases } from './cases/long-lists';
import { moveCases } from './cases/moving';
import { orderCases } from './cases/orders';
import { otherVisitCases } from './cases/other-visits';
import { ownershipCases } from './cases/ownership';
import { paceCases } from './cases/pace';
import { peopleCases } from './cases/people';
import { searchCases } from './cases/searching';
import { troubleCases } from './cases/trouble';
import { unknownCases } from './cases/unknown-outcomes';
import { visitEndCases } from './cases/visit-end';
import { visitCases } from './cases/visits';
import { plainCases } from './cases/plain';
import { casesOf, type Case } from './case';
import { openDesk, type Cases, type Desk } from './desk';
import type { Subject } from './subject';

/** A provider to be held to what the saga relies on. */
export interface Conformance {
  name: ProviderName;
  /** Starts it anew for each case, with nobody booked. */
  start(): Promise<Subject>;
}

/** What needs no hand behind the provider, so that it can run against a real one too. */
const SAFE: readonly Cases[] = [plainCases];

const ALL: readonly Cases[] = [
  ...SAFE,
  searchCases,
  bookingCases,
  unknownCases,
  ownershipCases,
  troubleCases,
  cancelCases,
  orderCases,
  moveCases,
  visitCases,
  keyCases,
  otherVisitCases,
  longListCases,
  visitEndCases,
  farCases,
  peopleCases,
  paceCases,
  fenceCases,
];

/** A case is a handful of calls, of which each may take its whole limit on a busy machine. */
const CASE_TIMEOUT_MS = 60_000;

/**
 * Declares the whole kit for a provider. Which cases there are follows from its row of capabilities; every call
 * that its adapter makes meanwhile, and every answer that nobody spoiled, is held against the contract.
 */
export function describeConformance(conformance: Conformance): void {
  jest.setTimeout(CASE_TIMEOUT_MS);
  declare(conformance, ALL);
}

/** Returns the cases of the whole kit for a provider, to be played one by one. */
export function kitFor(name: ProviderName, desk: () => Desk): Case[] {
  return casesOf(() => ALL.forEach((cases) => cases(desk, CAPABILITIES[name])));
}

/** The part that leaves nothing behind and needs no hand: for a real provider. */
export function describeSafeConformance(conformance: Conformance): void {
  declare(conformance, SAFE);
}

function declare({ name, start }: Conformance, groups: readonly Cases[]): void {
  describe(`${name} keeps what the saga relies on`, () => {
    let desk: Desk | null = null;
    beforeEach(async () => void (desk = openDesk(await start())));
    afterEach(async () => {
      const { subject, cleanUp } = current();
      if (subject.hand === null) await cleanUp();
      await subject.close();
      subject.checkContract();
    });
    function current(): Desk {
      if (!desk) throw new Error('only within a test');
      return desk;
    }
    for (const cases of groups) cases(current, CAPABILITIES[name]);
  });
}
