import { Command, CommanderError } from 'commander';
import { registerAudit } from './commands/audit';
import { registerBook } from './commands/book';
import { registerBulk } from './commands/bulk';
import { registerCancel } from './commands/cancel';
import { registerConfig } from './commands/config';
import { registerExplain } from './commands/explain';
import { registerList } from './commands/list';
import { registerReschedule } from './commands/reschedule';
import { registerResolve } from './commands/resolve';
import { registerRetry } from './commands/retry';
import { registerShow } from './commands/show';
import { registerSlots } from './commands/slots';
import { registerWatch } from './commands/watch';
import { brokenText } from '../booking/characters';
import { troubleOf, UsageError } from './errors';
import { EXIT, EXIT_MEANINGS, type ExitCode } from './exit-codes';
import { fieldRows } from './format/table';
import type { Io } from './io';
import { tellTrouble } from './session';
import type { Cli } from './subcommand';

/** The commands, in the order in which help names them. */
const COMMANDS: readonly ((cli: Cli) => void)[] = [
  registerBook,
  registerShow,
  registerWatch,
  registerList,
  registerSlots,
  registerReschedule,
  registerCancel,
  registerRetry,
  registerResolve,
  registerExplain,
  registerAudit,
  registerBulk,
  registerConfig,
];

/** Runs one command line, without the program's own name, and returns its exit code. Never throws. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = new Command('npm run booking --')
    .description('Book appointments and look after them.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .showHelpAfterError('See --help.')
    .addHelpText('after', `\n${HELP}`);
  const cli: Cli = { program, io, exit: (ended) => (code = ended) };
  for (const register of COMMANDS) register(cli);
  try {
    refuseBrokenWords(argv);
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (err) {
    if (err instanceof CommanderError) return err.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const trouble = troubleOf(err);
    tellTrouble(io, 'text', trouble);
    return trouble.exit;
  }
}

/** Refuses words that are not UTF-8. Node reads a command line as UTF-8, and puts U+FFFD for other bytes. */
function refuseBrokenWords(argv: readonly string[]): void {
  const place = argv.findIndex((word) => brokenText(word) !== null);
  if (place === -1) return;
  throw new UsageError(
    `Word ${place + 1} of the command holds a character that is not UTF-8; nothing was sent. Set the terminal to UTF-8 and type it again.`,
  );
}

const HELP = `Example:
  npm run booking -- book examples/at-home.json

Temporal is found by the TEMPORAL_* settings, else it is the server that "npm start" runs here.

Exit codes:
${fieldRows(EXIT_MEANINGS.map(([code, meaning]) => [`  ${code}`, meaning]))}`;
