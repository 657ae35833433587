import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import type { Answer } from './junction-client';
import {
  ask,
  bookFirst,
  CORE,
  firstTime,
  REMOTE,
  SIGN_IN,
  startOliver,
  USER,
  type Oliver,
} from './oliver-client';

/** What the sandbox answers, against the vendor's own contract. */

const CONTRACT = resolve(__dirname, '../../../shared/contracts/oliver.openapi.json');
const present = existsSync(CONTRACT);
if (!present)
  process.stdout.write(
    `skipped: no contract at ../shared/contracts, Oliver's answers are not checked against it\n`,
  );
const withContract = present ? describe : describe.skip;

const documentSchema = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

const SINCE = '?updated_at_start=2020-01-01T00:00:00Z';

withContract('by the contract', () => {
  const check = contractCheck();
  let oliver: Oliver;
  beforeEach(async () => void (oliver = await startOliver()));
  afterEach(() => oliver.close());

  /** Calls, and holds the answer to what the contract says of this operation and status. */
  const checked = async (method: string, path: string, status: number, body?: unknown): Promise<void> => {
    check(method, CORE + path, status, await oliver.call(method, path, body));
  };

  test('sign-in and its refusals', async () => {
    check('POST', SIGN_IN, 200, await oliver.bare('POST', SIGN_IN, USER));
    check('POST', SIGN_IN, 401, await oliver.bare('POST', SIGN_IN, { ...USER, password: 'x' }));
    check('POST', SIGN_IN, 400, await oliver.bare('POST', SIGN_IN, {}));
  });

  test('open times', async () => {
    const body = { search_from_date: new Date().toISOString(), appointment_type: 'wellness' };
    await checked('POST', '/open_times', 200, body);
    await checked('POST', '/open_times', 400, { ...body, appointment_type: 'x' });
  });

  test('appointments, of people with remote ids and without, with a status or not', async () => {
    const people = [REMOTE, { client_id: 305, patient_id: 707, status: 'REQUESTED' }];
    for (const more of people)
      await checked('POST', '/appointments', 200, { slot_id: (await firstTime(oliver)).uuid, ...more });
    await checked('POST', '/appointments', 400, { slot_id: 'x', ...REMOTE });
    await checked('GET', `/appointments${SINCE}`, 200);
    await checked('GET', '/appointments', 400);
  });

  test('clients and patients', async () => {
    await checked('GET', '/clients', 200);
    await checked('GET', '/clients/301', 200);
    await checked('GET', '/clients/9', 400);
    await checked('GET', '/patients?client_id=302&name=milo', 200);
    await checked('GET', '/patients', 400);
    await checked('GET', '/patients/701', 200);
    await checked('GET', '/patients/9', 400);
  });

  test('staff tasks', async () => {
    await checked('POST', '/staff_tasks', 201, { title: 'Cancel', client_id: '301' });
    await checked('POST', '/staff_tasks', 400, {});
    const { id } = await ask(oliver, { title: 'Cancel' });
    await checked('GET', '/staff_tasks', 200);
    await checked('GET', `/staff_tasks/${id}`, 200);
    await checked('GET', '/staff_tasks/9', 404);
    await checked('PUT', `/staff_tasks/${id}`, 200, { status: 'completed' });
    await checked('PUT', `/staff_tasks/${id}`, 400, { status: 'x' });
    await checked('DELETE', `/staff_tasks/${id}`, 200);
    await checked('DELETE', '/staff_tasks/9', 404);
  });

  test('an answer that breaks it is caught', async () => {
    await oliver.control('quirks', { swappedIds: true });
    await expect(checked('GET', '/clients', 200)).rejects.toThrow('must be string');
  });

  test.each([
    ['POST', '/open_times'],
    ['POST', '/appointments'],
    ['GET', `/appointments${SINCE}`],
    ['GET', '/clients'],
    ['GET', '/clients/301'],
    ['GET', '/patients?client_id=301'],
    ['GET', '/patients/701'],
    ['GET', '/staff_tasks'],
    ['POST', '/staff_tasks'],
  ])('an expired token: %s %s', async (method, path) => {
    await bookFirst(oliver);
    await oliver.control('tokens', { expire: true });
    await checked(method, path, 401, method === 'POST' ? {} : undefined);
  });
});

function contractCheck(): (method: string, path: string, status: number, answer: Answer) => void {
  if (!present) return () => undefined;
  const contract = documentSchema.parse(JSON.parse(readFileSync(CONTRACT, 'utf8')));
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  // Of open times the contract's formats say `date` and `time`, and its descriptions say and show these forms.
  ajv.addFormat('date', /^\d{2}\/\d{2}\/\d{4}$/);
  ajv.addFormat('time', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/);
  ajv.addSchema({ $id: 'oliver', ...contract });

  return (method, path, status, answer) => {
    expect([method, path, answer.status]).toEqual([method, path, status]);
    const template = Object.keys(contract.paths).find((one) => templatePattern(one).test(path));
    if (template === undefined) throw new Error(`the contract has no ${path}`);
    const where = ['paths', template, method.toLowerCase(), 'responses', String(status), 'content'];
    const pointer = [...where, 'application/json', 'schema'].map(escaped).join('/');
    const validate = ajv.compile({ $ref: `oliver#/${pointer}` });
    validate(answer.body);
    expect([method, path, validate.errors]).toEqual([method, path, null]);
  };
}

function templatePattern(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, '[^/?]+')}(\\?|$)`);
}

/** A step of a JSON pointer, within an address. */
function escaped(step: string): string {
  return encodeURIComponent(step.replace(/~/g, '~0').replace(/\//g, '~1'));
}
