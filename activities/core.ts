import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { decodeArrayFromPayloads, encodeToPayload } from '@temporalio/common/lib/internal-non-workflow';
import { Failure } from '../src/booking/failures';
import { cleanupIdOf, workflowIdOf } from '../src/booking/names';
import { earlierRequest, movedRequest, parseRequest } from '../src/booking/schema/check-request';
import type { BookingRequest } from '../src/booking/schema/request';
import { unreadableIn } from '../src/booking/unreadable';
import type { VendorName } from '../src/booking/vendors';
import { isZone } from '../src/booking/windows';
import { capabilitiesOf, timezoneOf, type Config } from '../src/config';
import { refuseReset } from './call';
import type { ClaimActivities } from './claims';
import type { CoreActivities } from './contract';
import { afterSomeTries, asActivity } from './failures';

export interface CoreOptions {
  config: Pick<Config, 'accounts' | 'limits' | 'webhookSecrets'>;
  client: Client;
}

/** The activities of the project's own queue. */
export function createCoreActivities({
  config,
  client,
}: CoreOptions): Omit<CoreActivities, keyof ClaimActivities> {
  const hearsNews = (vendor: VendorName) => config.webhookSecrets[vendor].length > 0;
  return {
    openBooking: ({ request, afterwards }) =>
      asActivity(async () => {
        const parsed = afterwards ? formOf(request) : parseRequest(request, { now: new Date() });
        const capabilities = capabilitiesOf(config, parsed.provider, parsed.account);
        if (!capabilities) throw new Failure('account_unknown', { field: 'account' });
        return {
          request: parsed,
          // News that nobody here can verify is refused.
          capabilities: {
            ...capabilities,
            webhooks: capabilities.webhooks && hearsNews(capabilities.vendor),
          },
          limits: { ...config.limits, ...defined(parsed.limits) },
        };
      }, afterSomeTries),
    openReschedule: ({ request, change, timezone }) =>
      asActivity(async () => {
        const now = new Date();
        const receivedAt = change.receivedAt === undefined ? now : new Date(change.receivedAt);
        const zones = [timezone, request.timezone, timezoneOf(config, request.provider, request.account)];
        const known = zones.find((zone) => typeof zone === 'string' && isZone(zone));
        return movedRequest(request, change, { now, receivedAt, timezone: known ?? null });
      }, afterSomeTries),
    readMessage: ({ body }) =>
      asActivity(async () => {
        // Encoding turns the mark of an unreadable body into its ciphertext again; decoding that tries this worker's
        // keys.
        const converter = client.options.loadedDataConverter;
        const [read] = await decodeArrayFromPayloads(converter, [await encodeToPayload(converter, body)]);
        if (unreadableIn(read)) throw new Failure('message_unreadable');
        return { body: read ?? null };
      }, afterSomeTries),
    refuseReset: ({ runIds }) =>
      asActivity(() => Promise.resolve(refuseReset({ runIds }, { refReturns: false }))),
    isBookingOpen: ({ bookingId }) =>
      asActivity(async () => {
        const isOpen = (workflowId: string) => isRunning(client, workflowId);
        return (await isOpen(workflowIdOf(bookingId))) || (await isOpen(cleanupIdOf(bookingId)));
      }, afterSomeTries),
  };
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (err) {
    if (err instanceof WorkflowNotFoundError) return false;
    throw err;
  }
}

function formOf(request: unknown): BookingRequest {
  const form = earlierRequest(request, { now: new Date() });
  if (!form) throw new Failure('invalid_request');
  return form;
}

function defined<T extends object>(given: T | undefined): Partial<T> {
  // Object.entries loses the keys' names; these are the given object's own.
  return Object.fromEntries(
    Object.entries(given ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
