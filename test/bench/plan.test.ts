import { optionsOf } from '../../bench/options';
import { fullPlan, ONE_CLIENT, quickPlan, turnsOf, TWENTY_CLIENTS } from '../../bench/plan';

const FULL = fullPlan({ repeats: 5, forMs: 10_000, rates: [2, 5] });

test('the loads that the ratios are taken from are in both plans, with both sagas', () => {
  for (const { parts } of [FULL, quickPlan()]) {
    const compared = parts.filter(({ name }) => [ONE_CLIENT, TWENTY_CLIENTS].includes(name));
    expect(compared.map(({ name }) => name)).toEqual([ONE_CLIENT, TWENTY_CLIENTS]);
    for (const { arms } of compared) expect(arms).toEqual(expect.arrayContaining(['plain', 'ours']));
  }
});

test('the full plan has closed loads at both speeds of the provider, and the rates', () => {
  expect(FULL.parts.map(({ name, account, load }) => [name, account, load])).toEqual([
    ['one client, 0 ms', 'prompt', { clients: 1, forMs: 10_000 }],
    ['one client, 50 ms', 'slow', { clients: 1, forMs: 10_000 }],
    ['20 clients, 0 ms', 'prompt', { clients: 20, forMs: 10_000 }],
    ['20 clients, 50 ms', 'slow', { clients: 20, forMs: 10_000 }],
    ['2 a second, 0 ms', 'prompt', { perSecond: 2, forMs: 10_000 }],
    ['5 a second, 0 ms', 'prompt', { perSecond: 5, forMs: 10_000 }],
  ]);
});

test('the quick one plays nothing but the two sagas, in three pairs', () => {
  const { parts, repeats } = quickPlan();
  expect(repeats).toBe(3);
  expect(parts.map(({ arms }) => arms)).toEqual([
    ['plain', 'ours'],
    ['plain', 'ours'],
  ]);
});

test('arms take turns, the other way round each time, after a warm-up that is short', () => {
  const [part] = FULL.parts.filter(({ name }) => name === '20 clients, 50 ms');
  const turns = turnsOf({ parts: part ? [part] : [], repeats: 2 });
  expect(turns.map(({ arm, isWarmUp }) => [arm, isWarmUp])).toEqual([
    ['direct', true],
    ['plain', true],
    ['ours', true],
    ['direct', false],
    ['plain', false],
    ['ours', false],
    ['ours', false],
    ['plain', false],
    ['direct', false],
  ]);
  expect(turns.map(({ load }) => load.load.forMs)).toEqual([
    ...[2_000, 2_000, 2_000],
    ...[10_000, 10_000, 10_000, 10_000, 10_000, 10_000],
  ]);
});

describe('the command line', () => {
  test('plays everything five times unless told otherwise, and keeps the page', () => {
    expect(optionsOf([])).toMatchObject({ plan: { repeats: 5 }, isFull: true });
  });

  test('takes repeats, seconds and rates', () => {
    const { plan } = optionsOf(['--repeats', '2', '--seconds', '0.5', '--rates', '1,20']);
    expect(plan).toEqual(fullPlan({ repeats: 2, forMs: 500, rates: [1, 20] }));
  });

  test('--quick keeps no page', () => {
    expect(optionsOf(['--quick'])).toEqual({ plan: quickPlan(), isFull: false });
  });

  test.each([
    [['--repeats', '0'], /--repeats.*0/],
    [['--repeats', '1.5'], /--repeats/],
    [['--seconds', 'soon'], /--seconds.*soon/],
    [['--rates', '2,,5'], /--rates/],
    [['--quick', '--seconds', '2'], /--quick/],
    [['--slow'], /--slow/],
    [['everything'], /everything/],
  ])('refuses %j', (args, why) => {
    expect(() => optionsOf(args)).toThrow(why);
  });
});
