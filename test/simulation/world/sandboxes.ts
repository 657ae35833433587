import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { VendorName } from '../../../src/booking/vendors';
import { createJunctionSandbox } from '../../../src/sandbox/junction/server';
import { createOliverSandbox } from '../../../src/sandbox/oliver/server';
import { vendorAt } from '../../../src/vendors';
import type { VirtualTime } from '../time';

/** The providers' stand-ins of src/sandbox without sockets: a request is handed to the app itself. */
export interface InMemoryProvider {
  url: string;
  /** The answer to a request, once the app has it: it may wait for virtual time, or never come. */
  ask(request: PlainRequest): Promise<PlainAnswer | 'reset'>;
  /** Its answer to a control, parsed. */
  control(path: string, body: unknown): Promise<unknown>;
  state(): Promise<unknown>;
}

export interface PlainRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface PlainAnswer {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

/** Where each of them is, as the settings say; news go to the third. */
export const JUNCTION_URL = 'http://junction.sandbox.test';
export const OLIVER_URL = 'http://oliver.sandbox.test';
export const WEBHOOK_URL = 'http://saga.sandbox.test/webhooks/junction';

/** Provider-side durations run 600 times as fast, as in the tests on the real server. */
const TIME_SCALE = 1 / 600;
const WEBHOOK_SECRET = 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx';

export interface InMemoryProviders {
  junction: InMemoryProvider;
  oliver: InMemoryProvider;
}

/** Where both of a pair are. */
export interface Place {
  junction: string;
  oliver: string;
}

/** The address of each of another pair, by its number. */
export function placeOf(number: number): Place {
  return {
    junction: JUNCTION_URL.replace('junction', `junction-${number}`),
    oliver: OLIVER_URL.replace('oliver', `oliver-${number}`),
  };
}

/** Both providers. Virtual time must be installed: they take their clocks when they are made. */
export async function createProvidersInMemory(
  time: VirtualTime,
  { junction, oliver }: Place = { junction: JUNCTION_URL, oliver: OLIVER_URL },
): Promise<InMemoryProviders> {
  const shared = { port: 0, dataDir: null, timeScale: TIME_SCALE };
  return {
    junction: await inMemory(time, junction, () =>
      createJunctionSandbox({ ...shared, webhookUrl: WEBHOOK_URL, webhookSecret: WEBHOOK_SECRET }),
    ),
    oliver: await inMemory(time, oliver, () => createOliverSandbox(shared)),
  };
}

/** Where the stand-in of any other vendor is. */
export function standInUrl(vendor: VendorName): string {
  return `http://${vendor}.sandbox.test`;
}

/** The stand-in of any other vendor. Virtual time must be installed. */
export function createStandInInMemory(time: VirtualTime, vendor: VendorName): Promise<InMemoryProvider> {
  const options = { port: 0, dataDir: null, timeScale: TIME_SCALE, webhookUrl: null };
  return inMemory(time, standInUrl(vendor), () => vendorAt(vendor).sandbox.start(options));
}

/** Fastify tells of every app that is made: this one does not listen. */
const MADE = 'fastify.initialization';

async function inMemory(
  time: VirtualTime,
  url: string,
  make: () => Promise<unknown>,
): Promise<InMemoryProvider> {
  const made: { app: FastifyInstance | null } = { app: null };
  const hear = (message: unknown): void => {
    // What Fastify's own documentation says this channel carries.
    made.app = (message as { fastify: FastifyInstance }).fastify;
    made.app.listen = () => Promise.resolve(`${url}:80`);
  };
  subscribe(MADE, hear);
  try {
    await make();
  } finally {
    unsubscribe(MADE, hear);
  }
  const { app } = made;
  if (!app) throw new Error('Fastify did not tell of the app that it made');
  await app.ready();
  const ask = async ({ method, path, headers, body }: PlainRequest): Promise<PlainAnswer | 'reset'> => {
    const injected = app.inject({
      method: method as InjectOptions['method'], // one of HTTP's, as fetch had it
      url: path,
      headers,
      ...(body !== '' && { payload: body }),
    });
    const answer = await time.during(injected).catch((err: unknown) => {
      if (isDestroyed(err)) return null;
      throw err;
    });
    if (!answer) return 'reset';
    return {
      status: answer.statusCode,
      headers: headersOf(answer.headers),
      body: answer.rawPayload,
    };
  };
  const json = async (request: PlainRequest): Promise<unknown> => {
    const answer = await ask(request);
    if (answer === 'reset') throw new Error(`${request.path} was cut off`);
    const text = answer.body.toString();
    if (answer.status >= 300) throw new Error(`${request.path} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  };
  const headers = { 'content-type': 'application/json', 'x-vital-api-key': 'sk_us_test' };
  return {
    url,
    ask,
    control: (path, body) =>
      json({
        method: 'POST',
        path: path.startsWith('/') ? path : `/_sandbox/${path}`,
        headers,
        body: JSON.stringify(body),
      }),
    state: () => json({ method: 'GET', path: '/_sandbox/state', headers, body: '' }),
  };
}

/** What inject says of an answer whose socket was destroyed. */
function isDestroyed(err: unknown): boolean {
  return err instanceof Error && 'code' in err && err.code === 'LIGHT_ECONNRESET';
}

/** What concerns one hop only, and has none here. */
const HOP_HEADERS: readonly string[] = [
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
];

function headersOf(headers: NodeJS.Dict<string | string[] | number>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || HOP_HEADERS.includes(name) ? [] : [[name, String(value)]],
    ),
  );
}
