import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Failure } from '../../src/booking/failures';
import { exchange, type HttpRequest } from '../../src/providers/http';

/**
 * Run by tls.test.ts in a process that trusts the authority of the tests, which can only be told at a process's start: writes to
 * servers with this and that certificate. Prints what each came to, and how many requests the servers got.
 */

const pem = (name: string): string => readFileSync(`test/support/tls/${name}.pem`, 'utf8');
const credentials = (name: string) => ({ key: pem('server-key'), cert: pem(name) });

let received = 0;

async function start(certificate: string): Promise<{ server: Server; url: string }> {
  const server = createServer(credentials(certificate), (request, response) => {
    received += 1;
    request.resume().on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, url: `https://127.0.0.1:${port}/` };
}

async function write(url: string, fence?: HttpRequest['fence']): Promise<string> {
  const signal = new AbortController().signal;
  const request = { method: 'POST', effect: 'write', url, headers: {}, timeoutMs: 10_000, signal } as const;
  return exchange({ ...request, body: { a: 1 }, fence }).then(
    ({ status }) => `answered ${status}`,
    (err: unknown) =>
      err instanceof Failure ? `${err.code}, sent ${err.facts.sent}: ${err.facts.said}` : String(err),
  );
}

async function play(): Promise<Record<string, unknown>> {
  const [good, expired, elsewhere] = await Promise.all([start('good'), start('expired'), start('elsewhere')]);
  const open = async (): Promise<void> => undefined;
  const outcomes = {
    good: await write(good.url),
    'good, kept alive': await write(good.url, open),
    expired: await write(expired.url),
    'expired, fenced': await write(expired.url, open),
    elsewhere: await write(elsewhere.url),
    'elsewhere, fenced': await write(elsewhere.url, open),
  };
  for (const { server } of [good, expired, elsewhere]) {
    server.close();
    server.closeAllConnections();
  }
  return { ...outcomes, received };
}

void play().then((outcomes) => process.stdout.write(JSON.stringify(outcomes)));
