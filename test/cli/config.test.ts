import type { KeyList } from '../../src/cli/io';
import { runCli } from './world';

function deployment(ids: string[] | null): KeyList & { retired: string[] } {
  const retired: string[] = [];
  return {
    retired,
    newestId: '2026',
    list: () => Promise.resolve(ids),
    isHeld: (id) => Promise.resolve(id !== 'lost'),
    retire: (id) => Promise.resolve((ids?.includes(id) ?? false) && retired.push(id) > 0),
  };
}

describe('config keys', () => {
  it('tells which keys there are, which encrypts, and which is not here', async () => {
    const keys = deployment(['2025', '2026', 'lost']);
    const ran = await runCli(['config', 'keys'], { keys });
    expect([ran.code, ran.connected, ran.closed]).toEqual([0, 1, 1]);
    expect(ran.out).toMatch(/2025 +held here\n2026 +held here, encrypts\nlost +missing or different here\n/);
    const { out } = await runCli(['config', 'keys', '--json'], { keys });
    expect(JSON.parse(out)).toEqual({
      keys: [
        { id: '2025', held: true, newest: false },
        { id: '2026', held: true, newest: true },
        { id: 'lost', held: false, newest: false },
      ],
    });
  });

  it('says so when none is listed yet', async () => {
    expect((await runCli(['config', 'keys'], { keys: deployment(null) })).out).toContain(
      'No keys are listed',
    );
  });
});

describe('config retire-key', () => {
  it('takes a key off the list', async () => {
    const keys = deployment(['2025', '2026']);
    const ran = await runCli(['config', 'retire-key', '2025'], { keys });
    expect([ran.code, keys.retired]).toEqual([0, ['2025']]);
  });

  it.each([
    ['the one that encrypts', ['2026'], /"2026" encrypts here/],
    ['one that is not listed', ['2024'], /"2024" is not listed/],
    ['none', [], /Say which/],
  ])('refuses %s', async (_name, ids, said) => {
    const keys = deployment(['2025', '2026']);
    const ran = await runCli(['config', 'retire-key', ...ids], { keys });
    expect([ran.code, keys.retired]).toEqual([2, []]);
    expect(ran.err).toMatch(said);
  });
});
