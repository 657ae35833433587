import { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { cancel } from '../../workflows/messages';
import { TASK_QUEUE, workflowIdOf, WORKFLOW_TYPE } from '../../src/booking/names';
import { codecOf } from '../../src/temporal/encryption';
import { atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

type Event = temporal.api.history.v1.IHistoryEvent;

describe('a booking as the Temporal UI shows it', () => {
  const rig = useSaga();

  const decoded = async (payload: Payload | null | undefined): Promise<unknown> => {
    const [plain] = await codecOf(rig.config).decode(payload ? [payload] : []);
    return plain && defaultPayloadConverter.fromPayload(plain);
  };
  const cancelled = async () => {
    await rig.sandbox.control('confirmation', { mode: 'async', afterMs: 300 });
    const { booking } = await rig.bookings.start(
      atHome({ confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 36_000_000 } }),
    );
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(booking.id));
    return { id: booking.id, events: (await handle.fetchHistory()).events ?? [] };
  };

  test('every activity and every timer says what it is for, encrypted', async () => {
    const { events } = await cancelled();
    const told = events.filter(
      (event: Event) => event.activityTaskScheduledEventAttributes ?? event.timerStartedEventAttributes,
    );
    expect(told.length).toBeGreaterThan(8);
    for (const event of told) {
      const summary = await decoded(event.userMetadata?.summary);
      expect(summary).toEqual(expect.stringMatching(/^[a-z].{8,}/));
    }
  });

  test('search attributes are upserted once a workflow task at most', async () => {
    const { events } = await cancelled();
    const upserts = events.filter((event: Event) => event.upsertWorkflowSearchAttributesEventAttributes);
    const tasks = upserts.map((event: Event) =>
      String(event.upsertWorkflowSearchAttributesEventAttributes?.workflowTaskCompletedEventId),
    );
    expect(upserts.length).toBeGreaterThan(2);
    expect(new Set(tasks).size).toBe(tasks.length);
  });

  test('type, id and search attributes are those that queries depend on', async () => {
    const { booking } = await rig.bookings.start(atHome());
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const description = await rig.server.client.workflow.getHandle(`booking:${booking.id}`).describe();
    expect(description.type).toBe('booking');
    expect(description.taskQueue).toBe('bookings');
    const attributes = Object.fromEntries(
      description.typedSearchAttributes
        .getAll()
        .map(({ key, value }) => [key.name, value instanceof Date ? value.toISOString() : value]),
    );
    expect(attributes).toMatchObject({
      BookingStatus: 'confirmed',
      BookingProvider: 'junction-phlebotomy',
      BookingAccount: 'default',
      BookingOrderId: view.order?.id,
      BookingReference: 'visit-8812',
      BookingStartsAt: view.appointment?.startsAt,
    });
    expect(attributes).not.toHaveProperty('BookingAttention');
  });

  test('current details tell the story so far, and name no patient', async () => {
    await rig.sandbox.control('slots', { snatch: 1 });
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const metadata = await rig.server.client.workflow
      .getHandle(workflowIdOf(booking.id))
      .query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    const story = metadata.currentDetails ?? '';
    expect(story).toMatch(/### confirmed/);
    expect(story).toMatch(/Slot 1.+\*\*gone\*\*/);
    expect(story).toMatch(/Slot 2.+\*\*confirmed\*\*/);
    expect(story).not.toMatch(/Ana|Reyes|Lincoln|\+1602|1984/);
  });

  test('a failed booking fails as an execution, with its code', async () => {
    await rig.sandbox.control('slots', { empty: 3 });
    const { booking } = await rig.bookings.start(atHome());
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(booking.id));
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'no_slot' } });
    expect((await handle.describe()).status.name).toBe('FAILED');
  });

  describe('from a client that does not encrypt', () => {
    const plain = () =>
      new Client({ connection: rig.server.client.connection, namespace: rig.server.target.namespace });

    test('a request fails at the guard and nothing is made', async () => {
      const handle = await plain().workflow.start(WORKFLOW_TYPE.booking, {
        workflowId: workflowIdOf('in-plain-text'),
        taskQueue: TASK_QUEUE.bookings,
        args: [atHome()],
      });
      await expect(rig.server.client.workflow.getHandle(handle.workflowId).result()).rejects.toMatchObject({
        cause: { type: 'plaintext_input' },
      });
      expect((await rig.sandbox.state()).orders).toEqual([]);
    });

    test('a message is recorded as malformed and changes nothing', async () => {
      const { booking } = await rig.bookings.start(atHome());
      await rig.until(booking.id, ({ status }) => status === 'confirmed');
      await plain().workflow.getHandle(workflowIdOf(booking.id)).signal(cancel, { reason: 'in plain text' });
      const view = await rig.until(booking.id, ({ lastRequest }) => lastRequest !== null);
      expect(view).toMatchObject({
        status: 'confirmed',
        lastRequest: { kind: 'cancel', code: 'malformed_message' },
      });
    });
  });
});
