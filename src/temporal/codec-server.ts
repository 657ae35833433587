import { createHash, timingSafeEqual } from 'node:crypto';
import cors from '@fastify/cors';
import type { Payload, PayloadCodec } from '@temporalio/common';
import fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Config } from '../config';
import { codecOf } from './encryption';

/**
 * Serves Temporal's remote codec protocol over HTTP, so that the Temporal UI shows payloads decoded and callers without
 * our client can encrypt. `POST /encode` and `POST /decode` take and return `{payloads: [{metadata, data}]}`, bytes in
 * base64. It hands out what it decrypts, so it listens only on this machine and answers no foreign page.
 */

const HOST = '127.0.0.1';
const LOCAL_NAMES = [HOST, 'localhost'];
const BODY_LIMIT_BYTES = 16 * 1_024 * 1_024;
/** Headers that the Temporal UI sends with every request. */
const UI_HEADERS = ['content-type', 'authorization', 'x-namespace'];

export interface CodecServerOptions {
  config: Pick<Config, 'dataDir' | 'encryptionKeys' | 'idKey'>;
  /** The URL of the Temporal UI, whose pages alone may call. Null: no page may. */
  uiUrl: string | null;
  /** When set, every request must carry it as a bearer token. */
  bearer?: string;
}

const base64Bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));

const bodySchema = z.object({
  // For a query without arguments the Temporal CLI leaves the empty list out, as JSON of protobuf does.
  payloads: z
    .array(
      z.object({ metadata: z.record(z.string(), base64Bytes).default({}), data: base64Bytes.optional() }),
    )
    .default([]),
});

/** Builds the codec server without listening, so that tests can inject requests. */
export function buildCodecServer({ config, uiUrl, bearer }: CodecServerOptions): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES });
  void app.register(cors, {
    origin: uiUrl === null ? false : LOCAL_NAMES.map((name) => originAs(name, uiUrl)),
    methods: ['POST'],
    allowedHeaders: UI_HEADERS,
    credentials: true,
  });
  app.setErrorHandler<Error & { statusCode?: number }>((err, _request, reply) => {
    const status = err.statusCode !== undefined && err.statusCode < 500 ? err.statusCode : 500;
    return reply
      .code(status)
      .send({ message: status < 500 ? err.message : 'Something went wrong on our side.' });
  });
  app.addHook('onRequest', async (request, reply) => {
    // A page whose own host name points here must not read payloads.
    if (!LOCAL_NAMES.includes(request.hostname)) return reply.code(403).send({ message: 'Call 127.0.0.1.' });
    if (bearer === undefined || request.method === 'OPTIONS') return undefined;
    if (isSame(request.headers.authorization ?? '', `Bearer ${bearer}`)) return undefined;
    return reply.code(401).send({ message: 'A valid bearer key is needed.' });
  });
  addRoutes(app, config);
  return app;
}

/** Starts the codec server on this machine only. Port 0 takes a free one. Returns the port and how to stop. */
export async function startCodecServer(
  options: CodecServerOptions & { port: number },
): Promise<{ port: number; url: string; stop(): Promise<void> }> {
  const app = buildCodecServer(options);
  const url = await app.listen({ host: HOST, port: options.port });
  return { port: Number(new URL(url).port), url, stop: () => app.close() };
}

function addRoutes(app: FastifyInstance, config: CodecServerOptions['config']): void {
  // A reader sees unencrypted payloads as they are: the mark is only for workflows.
  const codec: PayloadCodec = codecOf({ ...config, allowPlaintext: true });
  for (const way of ['encode', 'decode'] as const) {
    app.post(`/${way}`, async (request, reply) => {
      const body = bodySchema.safeParse(request.body);
      if (!body.success) return reply.code(400).send({ message: whatIsWrong(body.error) });
      try {
        return { payloads: (await codec[way](body.data.payloads)).map(toJson) };
      } catch (err) {
        return reply.code(400).send({ message: err instanceof Error ? err.message : `It does not ${way}.` });
      }
    });
  }
}

function toJson({ metadata, data }: Payload): { metadata: Record<string, string>; data?: string } {
  const encoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata ?? {})) encoded[name] = base64(value);
  return { metadata: encoded, ...(data ? { data: base64(data) } : {}) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function originAs(hostname: string, uiUrl: string): string {
  const url = new URL(uiUrl);
  url.hostname = hostname;
  return url.origin;
}

function whatIsWrong({ issues: [issue] }: z.ZodError): string {
  const where = issue === undefined ? '' : ` (${issue.path.join('.') || 'body'}: ${issue.message})`;
  return `The body must be {payloads: [{metadata, data}]} with bytes in base64${where}.`;
}

/** Compares in constant time, so that the time does not tell how much of the text is right. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
