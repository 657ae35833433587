import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createJunctionSandbox } from '../../../src/sandbox/junction/server';
import { describeLive, findingsAsText, type Finding } from './live';
import { targetOf } from './target';
import { UNKNOWNS } from './unknowns';

/** The live run against our own sandbox, posing as Junction's: proof that it runs, without a network. */

/** A booking key lasts 4 s here, so that one can be seen to expire. */
const KEY_LIFETIME_MS = 4_000;

const TIME_SCALE = 1 / 1_000;
let running: Awaited<ReturnType<typeof createJunctionSandbox>> | null = null;
const seen: Finding[] = [];

describeLive(
  async () => {
    running = await createJunctionSandbox({
      port: 0,
      dataDir: null,
      timeScale: TIME_SCALE,
      keyLifetimeMs: KEY_LIFETIME_MS / TIME_SCALE,
      webhookUrl: null,
      webhookSecret: 'whsec_bGl2ZS1yZWhlYXJzYWwtc2VjcmV0LTAwMDAwMQ==',
      advanceOrders: false,
    });
    return {
      baseUrl: running.url,
      apiKey: 'sk_us_rehearsal',
      userId: randomUUID(),
      patienceMs: 2 * KEY_LIFETIME_MS,
    };
  },
  (findings) => void seen.push(...findings),
);

describe('the rehearsal', () => {
  afterAll(() => running?.close());

  test.each([
    [
      'a second active appointment of one patient',
      /already has an active appointment.*outcome_unknown \(a refusal that no row names\)/,
    ],
    ['an expired key', /^400 .*Invalid booking key format.*slot_key_invalid \(slot\)$/],
    ['a key that is none', /^400 .*slot_key_invalid \(slot\)$/],
    ['async confirmation', /^accepted with 200, status confirmed$/],
    ['booking before the order is ready', /requisition.*order_not_ready \(order\)$/],
    ['cancelling twice', /already been cancelled.*cancelled_before/],
    ['booking for a cancelled order', /not in a state.*order_not_bookable \(order\)$/],
  ])('finds out about %s at both providers', (id, words) => {
    const found = seen.filter((finding) => finding.id === id);
    expect(found.map(({ provider }) => provider)).toEqual(['junction-phlebotomy', 'junction-psc']);
    for (const finding of found) expect(finding.found).toMatch(words);
  });

  test('leaves no order and no appointment behind', async () => {
    const answer = await fetch(`${running?.url ?? ''}/_sandbox/state`);
    const { live, orders } = (await answer.json()) as { live: object; orders: object[] };
    expect(orders.length).toBeGreaterThan(20);
    expect(live).toEqual({ orders: [], appointments: [] });
  });

  test('has a line for each that was asked and each that was not, and no id in any of them', () => {
    const text = findingsAsText(seen);
    for (const { id } of UNKNOWNS) expect(text).toContain(id);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
  });
});

describe('the settings of a live run', () => {
  test.each([
    [{}, /JUNCTION_API_KEY/],
    [{ JUNCTION_API_KEY: 'pk_us_production', JUNCTION_BASE_URL: 'https://example.com' }, /sk_/],
    [{ JUNCTION_API_KEY: 'sk_us_x' }, /JUNCTION_BASE_URL/],
  ])('%p: skipped, saying what is needed', (env, words) => {
    expect(targetOf(env)).toEqual({ skipped: expect.stringMatching(words) });
  });

  test('a key of a sandbox and an address make a target', () => {
    const env = { JUNCTION_API_KEY: 'sk_us_x', JUNCTION_BASE_URL: 'https://example.com' };
    expect(targetOf(env)).toMatchObject({ target: { apiKey: 'sk_us_x', userId: null } });
  });
});

test('every [unknown] of the page of provider facts has its row', () => {
  const page = readFileSync(resolve(__dirname, '../../../docs/providers.md'), 'utf8').replace(/\s+/g, ' ');
  const marks = [...page.matchAll(/unknown\]/g)].map(({ index }) => index).slice(DEFINITIONS);
  const covered = UNKNOWNS.map(({ quote }) => ({
    from: page.indexOf(quote),
    to: page.indexOf(quote) + quote.length,
  }));
  expect(covered.filter(({ from }) => from < 0)).toEqual([]);
  const missed = marks.filter((at) => !covered.some(({ from, to }) => at >= from && at < to));
  expect(missed.map((at) => page.slice(at - 80, at + 20))).toEqual([]);
});

/** The page's own word on what the mark means. */
const DEFINITIONS = 1;
