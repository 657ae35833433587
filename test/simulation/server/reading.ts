import { temporal } from '@temporalio/proto';
import { descriptionOf, infoOf } from './described';
import { foundIn } from './executions';
import { awaited, type Way } from './grpc';
import { protocolEvent, type HistoryEvent } from './history';
import type { Namespace } from './namespace';
import { testOf } from './query';
import type { Run } from './run';

/** The calls of the protocol that read: descriptions, lists and histories. */

const { v1 } = temporal.api.workflowservice;
const { HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT: CLOSE_EVENT } = temporal.api.enums.v1.HistoryEventFilterType;

type HistoryRequest = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryRequest;
type HistoryResponse = temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse;
type ListRequest = temporal.api.workflowservice.v1.IListWorkflowExecutionsRequest;
type ListResponse = temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;

export function reading(namespace: Namespace, way: Way, notModelled: (what: string) => Error) {
  return {
    async describeWorkflowExecution({
      execution,
    }: temporal.api.workflowservice.v1.IDescribeWorkflowExecutionRequest): Promise<temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse> {
      await way.pass();
      return descriptionOf(foundIn(namespace, execution));
    },
    async listWorkflowExecutions({ query, pageSize, nextPageToken }: ListRequest): Promise<ListResponse> {
      await way.pass();
      const test = testOf(query ?? '', notModelled);
      await way.lag();
      const from = placeIn(nextPageToken);
      const all = namespace.all().filter(test).toSorted(newestFirst);
      const page = all.slice(from, from + (pageSize || all.length));
      return v1.ListWorkflowExecutionsResponse.create({
        executions: page.map(infoOf),
        nextPageToken: from + page.length < all.length ? tokenAt(from + page.length) : NO_MORE,
      });
    },
    async getWorkflowExecutionHistory(request: HistoryRequest): Promise<HistoryResponse> {
      await way.pass();
      const run = foundIn(namespace, request.execution);
      return request.historyEventFilterType === CLOSE_EVENT ? lastOf(run, request) : eventsOf(run, request);
    },
  };
}

/** Those that run, then those that ended; of each the newest first. */
function newestFirst(one: Run, other: Run): number {
  return (
    (other.closedMs ?? Infinity) - (one.closedMs ?? Infinity) ||
    other.beganMs - one.beganMs ||
    one.info.runId.localeCompare(other.info.runId)
  );
}

/** The event that ended a run; none while it goes on. */
async function lastOf(run: Run, { waitNewEvent }: HistoryRequest): Promise<HistoryResponse> {
  if (run.status === 'RUNNING' && waitNewEvent) await awaited(run.over);
  if (run.status === 'RUNNING') return pageOf([], waitNewEvent ? tokenAt(0) : NO_MORE);
  return pageOf(run.events.slice(-1), NO_MORE);
}

/** A page of a run's events; with `waitNewEvent` from behind the last one that was given, once there is another. */
async function eventsOf(run: Run, request: HistoryRequest): Promise<HistoryResponse> {
  const { waitNewEvent, nextPageToken, maximumPageSize } = request;
  const from = placeIn(nextPageToken);
  if (run.events.length <= from && run.status === 'RUNNING' && waitNewEvent) await awaited(run.news());
  const page = run.events.slice(from, from + (maximumPageSize || run.events.length));
  const to = from + page.length;
  const isMore = to < run.events.length || (run.status === 'RUNNING' && waitNewEvent);
  return pageOf(page, isMore ? tokenAt(to) : NO_MORE);
}

function pageOf(events: readonly HistoryEvent[], nextPageToken: Uint8Array): HistoryResponse {
  return v1.GetWorkflowExecutionHistoryResponse.create({
    history: temporal.api.history.v1.History.create({ events: events.map(protocolEvent) }),
    nextPageToken,
  });
}

const NO_MORE = new Uint8Array();

function tokenAt(place: number): Uint8Array {
  return Buffer.from(String(place));
}

/** Where a page begins. */
function placeIn(token: Uint8Array | null | undefined): number {
  return Number(Buffer.from(token ?? NO_MORE).toString());
}
