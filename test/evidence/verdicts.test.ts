import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from './verdicts';

/** What each answer to each write proves; see verdicts.ts. */

/** A sample of the answers goes over sockets: `npm run test:evidence` has all of them do. */
const SOCKETS_EVERY = 20;

test('every answer to every write has the verdict that the documents give it', async () => {
  const { cases, held, broken } = await play({ socketsEvery: SOCKETS_EVERY });
  expect(broken.slice(0, 50)).toEqual([]);
  expect(cases).toBeGreaterThan(10_000);
  expect(held).toBe(cases);
}, 900_000);

test('the expected verdicts know nothing of the adapters', () => {
  const table = readFileSync(join(__dirname, 'expected-verdicts.ts'), 'utf8');
  const imports = [...table.matchAll(/from '([^']+)'/g)].map(([, from]) => from);
  expect(imports).toEqual(['../../src/booking/failures']);
});
