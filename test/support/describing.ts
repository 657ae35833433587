import type { Client } from '@temporalio/client';

/** The same client; before each description of an execution something may go wrong. */
export function describing(client: Client, before: (workflowId: string) => void): Client {
  const service = new Proxy(client.workflowService, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'describeWorkflowExecution') return value;
      return (request: Parameters<typeof target.describeWorkflowExecution>[0]) => {
        before(request.execution?.workflowId ?? '');
        return target.describeWorkflowExecution(request);
      };
    },
  });
  return new Proxy(client, {
    get: (target, name): unknown => (name === 'workflowService' ? service : Reflect.get(target, name)),
  });
}
