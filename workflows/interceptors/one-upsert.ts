import type { coresdk } from '@temporalio/proto';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/**
 * Makes one upsert of search attributes of all that an activation brought about: each is an event of the history. The
 * main line of a booking needs it once at most, but what goes on beside it (unread messages) may come in the same one.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [{ concludeActivation: (input, next) => next({ ...input, commands: merged(input.commands) }) }],
});

type Command = coresdk.workflow_commands.IWorkflowCommand;

/** The commands with the last upsert in place of all; what it does not change is as those before it say. */
function merged(commands: Command[]): Command[] {
  const upserts = commands.filter(({ upsertWorkflowSearchAttributes: upsert }) => upsert);
  const last = upserts.at(-1);
  if (!last || upserts.length === 1) return commands;
  const fields = upserts.map(
    (one) => one.upsertWorkflowSearchAttributes?.searchAttributes?.indexedFields ?? {},
  );
  const searchAttributes = { indexedFields: Object.assign({}, ...fields) as (typeof fields)[number] };
  return commands
    .filter((one) => one === last || !upserts.includes(one))
    .map((one) => (one === last ? { ...one, upsertWorkflowSearchAttributes: { searchAttributes } } : one));
}
