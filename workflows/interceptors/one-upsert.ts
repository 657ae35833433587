import type { Payload } from '@temporalio/common';
import type { coresdk } from '@temporalio/proto';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/**
 * Merges an activation's upserts of search attributes into one, and its upserts of the memo into one, because each is
 * an event of the history. A booking's main line needs at most one of each, but a message's handler publishes the view
 * too, and the work on unread messages may come in the same activation.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      concludeActivation: (input, next) =>
        next({
          ...input,
          commands: KINDS.reduce((commands, kind) => merged(commands, kind), input.commands),
        }),
    },
  ],
});

type Command = coresdk.workflow_commands.IWorkflowCommand;
type Fields = Record<string, Payload>;

/** A kind of upsert: how to read its fields, and how to make the same command with other fields. */
interface Kind {
  fieldsOf: (command: Command) => Fields | null;
  with: (command: Command, fields: Fields) => Command;
}

const KINDS: readonly Kind[] = [
  {
    fieldsOf: ({ upsertWorkflowSearchAttributes: upsert }) =>
      upsert ? (upsert.searchAttributes?.indexedFields ?? {}) : null,
    with: (command, indexedFields) => ({
      ...command,
      upsertWorkflowSearchAttributes: { searchAttributes: { indexedFields } },
    }),
  },
  {
    fieldsOf: ({ modifyWorkflowProperties: modified }) =>
      modified ? (modified.upsertedMemo?.fields ?? {}) : null,
    with: (command, fields) => ({ ...command, modifyWorkflowProperties: { upsertedMemo: { fields } } }),
  },
];

/** Returns the commands with all upserts of a kind merged into the last one; later values win. */
function merged(commands: Command[], kind: Kind): Command[] {
  const upserts = commands.filter((command) => kind.fieldsOf(command) !== null);
  const last = upserts.at(-1);
  if (!last || upserts.length === 1) return commands;
  const fields = Object.assign({}, ...upserts.map(kind.fieldsOf)) as Fields;
  return commands
    .filter((one) => one === last || !upserts.includes(one))
    .map((one) => (one === last ? kind.with(one, fields) : one));
}
