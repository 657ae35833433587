import { readFileSync } from 'node:fs';
import { EXIT, EXIT_MEANINGS, exitOfFailure } from '../../src/cli/exit-codes';
import { runCli } from './world';

describe('exit codes', () => {
  it.each([
    ['invalid_request', EXIT.usage],
    ['malformed_json', EXIT.usage],
    ['account_unknown', EXIT.usage],
    ['booking_not_found', EXIT.notFound],
    ['order_not_found', EXIT.notFound],
    ['temporal_unavailable', EXIT.unreachable],
    ['provider_unavailable', EXIT.unreachable],
    ['credentials_rejected', EXIT.unreachable],
    ['unexpected_answer', EXIT.unreachable],
    ['order_in_use', EXIT.refused],
    ['fees_not_accepted', EXIT.refused],
    ['idempotency_key_reused', EXIT.refused],
    ['choice_not_offered', EXIT.refused],
    ['already_ended', EXIT.refused],
    ['internal_error', EXIT.bug],
  ] as const)('%s exits %i', (code, expected) => {
    expect(exitOfFailure(code)).toBe(expected);
  });

  it('are told alike in the help, in the docs and beside the code', async () => {
    const texts = [
      (await runCli(['--help'])).out.replaceAll(/^ +(\d+) +(.*)$/gm, '| $1 | $2 |'),
      readFileSync('docs/cli.md', 'utf8').replaceAll(/ +/g, ' '),
      readFileSync('src/cli/exit-codes.ts', 'utf8').replaceAll('`', ''),
    ];
    expect(EXIT_MEANINGS.map(([code]) => code)).toEqual(Object.values(EXIT));
    for (const text of texts) {
      for (const [code, meaning] of EXIT_MEANINGS) expect(text).toContain(`| ${code} | ${meaning} |`);
    }
  });

  it('every command and option is in the docs', async () => {
    const docs = readFileSync('docs/cli.md', 'utf8');
    const help = (await runCli(['--help'])).out;
    const names = [...help.matchAll(/^ {2}([a-z]+) (?:\[|<)/gm)].map(([, name]) => name ?? '');
    expect(names).toEqual(expect.arrayContaining(['book', 'reschedule', 'explain', 'audit', 'bulk']));
    for (const name of names.filter((one) => one !== 'help')) {
      expect(docs).toContain(`**\`${name}`);
      const options = (await runCli([name, '--help'])).out.matchAll(/^ {2}(--[a-z-]+)/gm);
      for (const [, option] of options) expect(docs).toContain(option);
    }
  });
});
