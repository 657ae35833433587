import type { Client } from '@temporalio/client';
import { defaultDataConverter, defaultPayloadConverter, type Payload } from '@temporalio/common';
import { MEMO } from '../../../src/booking/names';
import { bytesOf } from '../../../src/booking/small-view';
import type { ClientContext } from '../../../src/client/executions/client-context';
import { listIncidents, waitingFor } from '../../../src/client/ops/incidents';

const INCIDENT = { reason: 'credentials_rejected' };
const T0 = Date.UTC(2026, 10, 26, 12);
const PAGE_SIZE = 100;

interface Row {
  id: string;
  startedAtMs: number;
  attributes?: Record<string, Payload>;
  /** What its view says that it waits for. */
  attention?: { reason: string; since: string };
}

const keyword = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const GARBLED: Payload = {
  metadata: { encoding: new TextEncoder().encode('json/plain') },
  data: new Uint8Array([0xff, 0x7b]),
};

/** A door to a Temporal whose visibility has these rows, newest first and page by page; it knows `StartTime >=`. */
function showing(rows: Row[], onRead = (): void => undefined): ClientContext {
  const newestFirst = [...rows].sort((a, b) => b.startedAtMs - a.startedAtMs);
  const list = ({ query, nextPageToken }: { query: string; nextPageToken?: Uint8Array }) => {
    const sinceMs = Date.parse(/StartTime >= '([^']+)'/.exec(query)?.[1] ?? '1970-01-01T00:00:00Z');
    const found = newestFirst.filter(({ startedAtMs }) => startedAtMs >= sinceMs);
    const from = nextPageToken ? Number(Buffer.from(nextPageToken).toString()) : 0;
    const to = from + PAGE_SIZE;
    return Promise.resolve({
      executions: found.slice(from, to).map(({ id, startedAtMs, attributes, attention }) => ({
        execution: { workflowId: id, runId: 'run' },
        type: { name: 'booking' },
        status: 1,
        startTime: { seconds: Math.floor(startedAtMs / 1000), nanos: (startedAtMs % 1000) * 1e6 },
        searchAttributes: { indexedFields: attributes },
        memo: { fields: { [MEMO.view]: keyword({ id, revision: 1, status: 'booking', attention }) } },
      })),
      nextPageToken: to < found.length ? Buffer.from(String(to)) : new Uint8Array(),
    });
  };
  const codec = {
    encode: (payloads: Payload[]) => Promise.resolve(payloads),
    decode: (payloads: Payload[]) => {
      onRead();
      return Promise.resolve(payloads);
    },
  };
  const client = {
    options: {
      namespace: 'default',
      loadedDataConverter: { ...defaultDataConverter, payloadCodecs: [codec] },
    },
    withDeadline: <T>(_deadline: number, call: () => Promise<T>) => call(),
    workflowService: { listWorkflowExecutions: list },
  };
  // What of a client is used here.
  return { client: client as unknown as Client, idKey: Buffer.alloc(32) };
}

describe('those that wait for a reason', () => {
  const before = new Date(T0 + 3_600_000).toISOString();

  test('come in pieces that fit into a payload, the oldest first, each once', async () => {
    // Many of one moment, as a script starts them.
    const rows = Array.from({ length: 5_000 }, (_, n) => ({
      id: `booking:${String((n * 7919) % 5_000).padStart(26, '0')}`,
      startedAtMs: T0 + Math.floor(n / 40),
      attention: { ...INCIDENT, since: before },
    }));
    let read = 0;
    const context = showing(rows, () => (read += 1));
    const ids: string[] = [];
    let left = rows.length;
    for (
      let after = null as Awaited<ReturnType<typeof waitingFor>>['next'], first = true;
      first || after;
      first = false
    ) {
      const piece = await waitingFor(context, INCIDENT, before, after);
      expect(piece.count).toBe(left);
      expect(bytesOf(piece)).toBeLessThan(128 * 1024);
      expect(Object.keys(piece.sinceOf ?? {})).toHaveLength(piece.workflowIds.length);
      ids.push(...piece.workflowIds);
      left -= piece.workflowIds.length;
      after = piece.next;
    }
    expect(ids).toHaveLength(rows.length);
    expect(read).toBe(rows.length); // each view once, not again for every piece
    expect(new Set(ids).size).toBe(rows.length);
    const startOf = new Map(rows.map(({ id, startedAtMs }) => [id, startedAtMs]));
    const times = ids.map((id) => startOf.get(id) ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('come again only when they began after the last that came', async () => {
    const rows = [1, 2, 3].map((n) => ({ id: `booking:${n}`, startedAtMs: T0 + n }));
    const after = { startedAt: new Date(T0 + 2).toISOString(), workflowId: 'booking:2' };
    expect(await waitingFor(showing(rows), INCIDENT, before, after)).toEqual({
      workflowIds: ['booking:3'],
      sinceOf: {},
      count: 1,
      next: null,
    });
  });

  test('bring along since when they wait for it, as far as their views tell', async () => {
    const rows = [
      { id: 'booking:1', startedAtMs: T0, attention: { ...INCIDENT, since: before } },
      { id: 'booking:2', startedAtMs: T0, attention: { reason: 'rate_limited', since: before } },
      { id: 'booking:3', startedAtMs: T0 },
    ];
    const { workflowIds, sinceOf } = await waitingFor(showing(rows), INCIDENT, before, null);
    expect(workflowIds).toHaveLength(3);
    expect(sinceOf).toEqual({ 'booking:1': before });
  });
});

describe('incidents', () => {
  const whole = { BookingAttention: 'rate_limited', BookingProvider: 'oliver', BookingAccount: 'practice-1' };
  const attributes = (over: Record<string, Payload | undefined> = {}): Record<string, Payload> =>
    Object.fromEntries(
      Object.entries({
        ...Object.fromEntries(Object.entries(whole).map(([name, text]) => [name, keyword(text)])),
        ...over,
      }).flatMap(([name, payload]) => (payload ? [[name, payload]] : [])),
    );

  test('one row that nobody can decode costs no other, and is counted all the same', async () => {
    const incidents = await listIncidents(
      showing([
        { id: 'booking:a', startedAtMs: T0, attributes: attributes() },
        { id: 'booking:b', startedAtMs: T0 + 1, attributes: attributes({ BookingAccount: GARBLED }) },
        { id: 'booking:c', startedAtMs: T0 + 2, attributes: attributes({ BookingStartsAt: GARBLED }) },
      ]),
    );
    expect(incidents).toEqual([
      {
        reason: 'rate_limited',
        provider: 'oliver',
        account: 'practice-1',
        count: 2,
        since: new Date(T0).toISOString(),
        bookingIds: ['c', 'a'],
      },
      expect.objectContaining({ reason: 'rate_limited', account: '', count: 1, bookingIds: ['b'] }),
    ]);
  });

  test('those that do not say where they are stay apart from those that do', async () => {
    const incidents = await listIncidents(
      showing([
        { id: 'booking:a', startedAtMs: T0, attributes: attributes() },
        { id: 'booking:b', startedAtMs: T0, attributes: attributes({ BookingProvider: undefined }) },
        { id: 'cleanup:c', startedAtMs: T0, attributes: attributes({ BookingProvider: undefined }) },
      ]),
    );
    expect(incidents.map(({ provider, count }) => [provider, count])).toEqual([
      ['', 2],
      ['oliver', 1],
    ]);
  });
});
