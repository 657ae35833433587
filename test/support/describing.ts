import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

type Service = Client['workflowService'];
type Request = Parameters<Service['describeWorkflowExecution']>[0];
type Description = temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;

/** The same client; before each description of an execution something may go wrong. */
export function describing(client: Client, before: (workflowId: string) => void): Client {
  return describedBy(client, (request) => {
    before(request.execution?.workflowId ?? '');
    return client.workflowService.describeWorkflowExecution(request);
  });
}

/** The same client; each description tells this status of the execution instead of its own, where there is one. */
export function describedAs(
  client: Client,
  status: () => temporal.api.enums.v1.WorkflowExecutionStatus | null,
): Client {
  return describedBy(client, async (request) => {
    const described = await client.workflowService.describeWorkflowExecution(request);
    const told = status();
    if (told !== null && described.workflowExecutionInfo) described.workflowExecutionInfo.status = told;
    return described;
  });
}

function describedBy(client: Client, describe: (request: Request) => Promise<Description>): Client {
  const service = new Proxy(client.workflowService, {
    get: (target, name): unknown =>
      name === 'describeWorkflowExecution' ? describe : Reflect.get(target, name),
  });
  return new Proxy(client, {
    get: (target, name): unknown => (name === 'workflowService' ? service : Reflect.get(target, name)),
  });
}
