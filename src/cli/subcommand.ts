import { type Command, InvalidArgumentError } from 'commander';
import { textFault, tidyText } from '../booking/characters';
import { bookingIdOf } from '../booking/names';
import type { ExitCode } from './exit-codes';
import type { Io } from './io';
import { type AnswerForm, type Session, withSession } from './session';

/** What the commands share: how they are registered, run and given their common options. */

/** What commands are registered with. */
export interface Cli {
  program: Command;
  io: Io;
  /** Takes the exit code of the command that ran. */
  exit: (code: ExitCode) => void;
}

export type Work = (session: Session) => Promise<ExitCode>;

interface Spec {
  /** Name and arguments: `show <id>`. */
  usage: string;
  description: string;
  /** Command lines that work, after `npm run booking -- `. */
  examples: readonly string[];
  /** How it answers with `--json`; one document when left out. */
  jsonForm?: Exclude<AnswerForm, 'text'>;
}

interface CommonOptions {
  json?: boolean;
  debug?: boolean;
}

/** Registers a command with `--json`, `--debug` and examples in its help. `run` does its work in a session. */
export function subcommand(
  { program, io, exit }: Cli,
  { usage, description, examples, jsonForm = 'json' }: Spec,
): { command: Command; run: (work: Work) => Promise<void> } {
  const command = program
    .command(usage)
    .description(description)
    .option(
      '--json',
      jsonForm === 'json' ? 'answer with one JSON document' : 'answer with one JSON line a change',
    )
    .option('--debug', 'show where a bug happens')
    .addHelpText('after', `\n${examplesText(examples)}\n\nExit codes: npm run booking -- --help`);
  const run = async (work: Work): Promise<void> => {
    const { json, debug } = command.opts<CommonOptions>();
    exit(await withSession(io, { form: json ? jsonForm : 'text', debug: debug ?? false }, work));
  };
  return { command, run };
}

function examplesText(examples: readonly string[]): string {
  const title = examples.length === 1 ? 'Example:' : 'Examples:';
  return [title, ...examples.map((line) => `  npm run booking -- ${line}`)].join('\n');
}

/** Reads a booking id as people paste it, which may be Temporal's workflow id. */
export function bookingId(text: string): string {
  const id = bookingIdOf(text) ?? text;
  if (id.trim() === '') throw new InvalidArgumentError('Give the id of a booking.');
  return id;
}

const LONGEST_WAIT_S = 86_400;

/** Reads seconds to wait, and returns ms. */
export function timeoutMs(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= LONGEST_WAIT_S) return seconds * 1000;
  throw new InvalidArgumentError(`Give seconds, more than 0 and at most ${LONGEST_WAIT_S}.`);
}

/** Reads a text that must not be empty, without the blanks around it. */
export function someText(text: string): string {
  const tidy = tidyText(text, 'prose');
  if (tidy === '') throw new InvalidArgumentError('Must not be empty.');
  const fault = textFault(tidy, 'prose');
  if (fault !== null) throw new InvalidArgumentError(fault);
  return tidy;
}

/**
 * Reads a filter of a list, without the blanks around it. A blank one is refused: it would not select what was meant.
 */
export function filterText(text: string): string {
  const tidy = tidyText(text, 'line');
  if (tidy === '') throw new InvalidArgumentError('Must not be empty.');
  return tidy;
}
