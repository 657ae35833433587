import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { MEMO } from '../../src/booking/names';

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

/** The same client; a history comes in pages of so few events. */
export function inPagesOf(maximumPageSize: number, client: Client): Client {
  const { workflowService } = client;
  return withCalls(client, {
    getWorkflowExecutionHistory: (request: Parameters<Service['getWorkflowExecutionHistory']>[0]) =>
      workflowService.getWorkflowExecutionHistory({ ...request, maximumPageSize }),
  });
}

/** The same client; a history's views before this revision look as if their key were lost. */
export function lostBefore(revision: number, client: Client): Client {
  const { workflowService } = client;
  let views = 0;
  const spoil = ({
    workflowPropertiesModifiedEventAttributes: modified,
  }: temporal.api.history.v1.IHistoryEvent): void => {
    const view = modified?.upsertedMemo?.fields?.[MEMO.view];
    if (!view) return;
    views += 1;
    if (views < revision) view.metadata = { ...view.metadata, 'encryption-key-id': Buffer.from('lost') };
  };
  return withCalls(client, {
    async getWorkflowExecutionHistory(request: Parameters<Service['getWorkflowExecutionHistory']>[0]) {
      const page = await workflowService.getWorkflowExecutionHistory(request);
      page.history?.events?.forEach(spoil);
      return page;
    },
  });
}

function describedBy(client: Client, describe: (request: Request) => Promise<Description>): Client {
  return withCalls(client, { describeWorkflowExecution: describe });
}

function withCalls(client: Client, calls: Readonly<Record<string, unknown>>): Client {
  const service = new Proxy(client.workflowService, {
    get: (target, name): unknown =>
      Object.hasOwn(calls, name) ? Reflect.get(calls, name) : Reflect.get(target, name),
  });
  return new Proxy(client, {
    get: (target, name): unknown => (name === 'workflowService' ? service : Reflect.get(target, name)),
  });
}
