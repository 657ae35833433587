import { temporal } from '@temporalio/proto';
import { timestamp, type Job } from '../sdk-internals';

/** What the server keeps of a run, event by event, and the same as the protocol gives it to those who ask. */

export interface HistoryEvent {
  id: number;
  /** As the protocol names it, in camel case: ActivityTaskScheduled. */
  type: string;
  /** What it is about, for people: an activity's type, a message's name. */
  of: string;
  atMs: number;
  /** The attributes of its type. */
  attributes: object;
  metadata: temporal.api.sdk.v1.IUserMetadata | null;
  /** What the workflow hears of it. */
  job: Job | null;
}

/** What there is to say of an event beside its type. */
export type About = Partial<Omit<HistoryEvent, 'id' | 'type'>>;

/** Adds an event and returns its id, to which later ones refer. */
export type Record = (type: string, about?: About) => number;

export interface History {
  readonly events: HistoryEvent[];
  record: Record;
  /** Resolves once there is an event that was not there when it was asked. */
  news(): Promise<void>;
}

/** A history that begins with these events. */
export function createHistory(now: () => number, events: HistoryEvent[] = []): History {
  let waiting: (() => void)[] = [];
  return {
    events,
    record(type, { of = '', atMs = now(), attributes = {}, metadata = null, job = null } = {}) {
      const id = events.length + 1;
      events.push({ id, type, of, atMs, attributes, metadata, job });
      waiting.splice(0).forEach((tell) => tell());
      return id;
    },
    news: () => new Promise((resolve) => (waiting = [...waiting, resolve])),
  };
}

const { HistoryEvent: Message } = temporal.api.history.v1;
const { EventType } = temporal.api.enums.v1;

/** An event as the protocol carries it. */
export function protocolEvent(event: HistoryEvent): temporal.api.history.v1.HistoryEvent {
  const { id, type, atMs, attributes, metadata } = event;
  return Message.fromObject({
    eventId: id,
    eventTime: timestamp(Math.floor(atMs)),
    eventType: eventTypeOf(type),
    userMetadata: metadata,
    [`${type.slice(0, 1).toLowerCase()}${type.slice(1)}EventAttributes`]: attributes,
  });
}

/** ActivityTaskScheduled is EVENT_TYPE_ACTIVITY_TASK_SCHEDULED. */
function eventTypeOf(type: string): temporal.api.enums.v1.EventType {
  const name = `EVENT_TYPE${type.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  const found = Object.entries(EventType).find(([one]) => one === name)?.[1];
  if (typeof found !== 'number') throw new Error(`the protocol has no event ${type}`);
  return found;
}
