import { Argument } from 'commander';
import { UsageError } from '../errors';
import { EXIT, type ExitCode } from '../exit-codes';
import { fieldRows } from '../format/table';
import type { Session } from '../session';
import { type Cli, subcommand } from '../subcommand';

/** `config keys`, `config retire-key <id>`: lists and retires the encryption keys that the deployment uses. */
export function registerConfig(cli: Cli): void {
  const { command, run } = subcommand(cli, {
    usage: 'config',
    description: 'Show the encryption keys that the deployment uses, or retire one that it needs no more.',
    examples: ['config keys', 'config retire-key 2026-01'],
  });
  command
    .addArgument(new Argument('<what>', 'what to do').choices(['keys', 'retire-key']))
    .argument('[id]', 'the key to retire')
    .action((what: string, id?: string) =>
      run((session) => (what === 'keys' ? showKeys(session) : retireKey(session, id))),
    );
}

interface ShownKey {
  id: string;
  /** Whether this process has it. */
  held: boolean;
  /** Whether this process encrypts with it. */
  newest: boolean;
}

async function showKeys(session: Session): Promise<ExitCode> {
  const keys = await session.keys();
  const ids = (await keys.list()) ?? [];
  const shown = await Promise.all(
    ids.map(async (id) => ({ id, held: await keys.isHeld(id), newest: id === keys.newestId })),
  );
  session.answer({ keys: shown }, () => textOf(shown));
  return EXIT.ok;
}

function textOf(keys: readonly ShownKey[]): string {
  if (keys.length === 0) return 'No keys are listed yet: the first process that starts lists its own.';
  return fieldRows(keys.map((key) => [key.id, noteOn(key)]));
}

function noteOn({ held, newest }: ShownKey): string {
  if (!held) return 'missing or different here';
  return newest ? 'held here, encrypts' : 'held here';
}

async function retireKey(session: Session, id: string | undefined): Promise<ExitCode> {
  if (id === undefined) throw new UsageError('Say which: config retire-key <id>. See them: config keys.');
  const keys = await session.keys();
  if (id === keys.newestId) {
    throw new UsageError(`The key "${id}" encrypts here, so it cannot be retired: put another one first.`);
  }
  if (!(await keys.retire(id))) throw new UsageError(`The key "${id}" is not listed. See them: config keys.`);
  session.answer({ retired: id }, () => `Retired "${id}": processes start without it from now on.`);
  return EXIT.ok;
}
