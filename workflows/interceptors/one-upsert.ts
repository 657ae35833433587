import type { Payload } from '@temporalio/common';
import type { coresdk } from '@temporalio/proto';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/**
 * Makes one upsert of search attributes, and one of the memo, of all that an activation brought about: each is an event of
 * the history. The main line of a booking needs one of each at most, but a message's handler publishes the view too,
 * and what goes on beside it (unread messages) may come in the same activation.
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

/** A kind of upsert: its fields, and the command that upserts others instead. */
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

/** The commands with the last upsert of a kind in place of all; what it does not change is as those before it say. */
function merged(commands: Command[], kind: Kind): Command[] {
  const upserts = commands.filter((command) => kind.fieldsOf(command) !== null);
  const last = upserts.at(-1);
  if (!last || upserts.length === 1) return commands;
  const fields = Object.assign({}, ...upserts.map(kind.fieldsOf)) as Fields;
  return commands
    .filter((one) => one === last || !upserts.includes(one))
    .map((one) => (one === last ? kind.with(one, fields) : one));
}
