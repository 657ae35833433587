import { temporal } from '@temporalio/proto';
import { longOf, timestamp } from '../sdk-internals';
import type { Pending } from './activities';
import type { Run } from './run';

/** A run as the protocol describes it: in a list, and by itself. */

const {
  WorkflowExecutionStatus: Status,
  PendingActivityState,
  PendingWorkflowTaskState,
} = temporal.api.enums.v1;

const STATUS: Readonly<Record<Run['status'], temporal.api.enums.v1.WorkflowExecutionStatus>> = {
  RUNNING: Status.WORKFLOW_EXECUTION_STATUS_RUNNING,
  COMPLETED: Status.WORKFLOW_EXECUTION_STATUS_COMPLETED,
  FAILED: Status.WORKFLOW_EXECUTION_STATUS_FAILED,
  CANCELLED: Status.WORKFLOW_EXECUTION_STATUS_CANCELED,
  TERMINATED: Status.WORKFLOW_EXECUTION_STATUS_TERMINATED,
  TIMED_OUT: Status.WORKFLOW_EXECUTION_STATUS_TIMED_OUT,
  CONTINUED_AS_NEW: Status.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
};

export function infoOf(run: Run): temporal.api.workflow.v1.IWorkflowExecutionInfo {
  const { workflowId, runId, workflowType, taskQueue, firstRunId } = run.info;
  return {
    execution: { workflowId, runId },
    type: { name: workflowType },
    taskQueue,
    firstRunId,
    status: STATUS[run.status],
    startTime: timestamp(run.beganMs),
    executionTime: timestamp(run.beganMs),
    closeTime: timeOf(run.closedMs),
    historyLength: longOf(run.events.length),
    memo: { fields: { ...run.memo } },
    searchAttributes: { indexedFields: { ...run.attributes } },
  };
}

export function descriptionOf(run: Run): temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse {
  const task = run.pendingTask();
  return temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse.create({
    workflowExecutionInfo: infoOf(run),
    pendingActivities: run.activities.pending().map(pendingOf),
    pendingWorkflowTask: task && {
      state:
        task.is === 'started'
          ? PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_STARTED
          : PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED,
      scheduledTime: timeOf(task.scheduledMs),
      originalScheduledTime: timeOf(task.scheduledMs),
      startedTime: timeOf(task.startedMs),
      attempt: task.attempt,
    },
  });
}

function pendingOf(one: Readonly<Pending>): temporal.api.workflow.v1.IPendingActivityInfo {
  const isPausing = one.state === 'pausing';
  return {
    activityId: one.activityId,
    activityType: { name: one.type },
    state: stateOf(one),
    attempt: one.attempt,
    maximumAttempts: one.maximumAttempts,
    scheduledTime: timeOf(one.attemptScheduledMs),
    nextAttemptScheduleTime: isPausing ? timeOf(one.attemptScheduledMs) : null,
    lastStartedTime: timeOf(one.startedMs),
    lastAttemptCompleteTime: timeOf(one.failedMs),
    lastHeartbeatTime: timeOf(one.heartbeatAtMs),
    heartbeatDetails: one.heartbeatDetails && { payloads: [one.heartbeatDetails] },
    lastFailure: one.lastFailure,
    expirationTime: timeOf(one.expiresMs),
    activityOptions: { taskQueue: { name: one.queue } },
  };
}

function stateOf({
  state,
  isCancelRequested,
}: Readonly<Pending>): temporal.api.enums.v1.PendingActivityState {
  if (isCancelRequested) return PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED;
  return state === 'started'
    ? PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
    : PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
}

function timeOf(ms: number | null) {
  return ms === null ? null : timestamp(Math.floor(ms));
}
