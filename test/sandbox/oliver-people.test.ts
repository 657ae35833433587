import { z } from 'zod';
import { bookFirst, startOliver, type Oliver } from './oliver-client';

/** Clients and patients: searched, read, and added by a control. */

let oliver: Oliver;
beforeEach(async () => void (oliver = await startOliver()));
afterEach(() => oliver.close());

const listSchema = z.object({ data: z.array(z.looseObject({ id: z.string(), name: z.string() })) });

async function found(path: string): Promise<string[]> {
  return listSchema.parse((await oliver.call('GET', path)).body).data.map(({ id }) => id);
}

test.each<[by: string, path: string, ids: string[]]>([
  ['name', '/clients?name=ana%20reyes', ['301']],
  ['part of a name that two share', '/clients?name=lindq', ['303', '304']],
  ['email', '/clients?email=JO.TWO@example.com', ['304']],
  ['phone, however it is written', '/clients?phone=%28312%29%20555-0104', ['304']],
  ['name and phone', '/clients?name=jo%20lindqvist&phone=%2B13125550103', ['303']],
  ['name and somebody else`s phone', '/clients?name=ana&phone=%2B13125550103', []],
  ['a name that only the other practice has', '/clients?name=marsh', []],
  ['patients of a client', '/patients?client_id=301', ['701', '702']],
  ['two patients of one name', '/patients?client_id=302&name=milo', ['703', '704']],
  ['patients of a client by a name that none has', '/patients?client_id=302&name=biscuit', []],
])('finds by %s', async (_by, path, ids) => {
  expect(await found(path)).toEqual(ids);
});

test('a client comes with contact, remote id and patients; a patient without remote id', async () => {
  const biscuit = { id: '701', name: 'Biscuit', client_id: '301', species: 'Canine', breed: 'Beagle' };
  const client = await oliver.call('GET', '/clients/301');
  expect(client.body).toMatchObject({
    data: { name: 'Ana Reyes', email: 'ana@example.com', phone: '+16025550123', remote_id: 'C-1001' },
  });
  expect(client.body).toMatchObject({ data: { patients: [biscuit, { id: '702' }] } });
  expect((await oliver.call('GET', '/patients/701')).body).toEqual({ success: true, data: biscuit });
});

test.each(['/clients/401', '/patients/801', '/patients?client_id=401', '/patients?client_id=9'])(
  'refuses what is not this practice`s: %s',
  async (path) => {
    expect((await oliver.call('GET', path)).status).toBe(400);
  },
);

test('clients and patients that were added can be found and booked', async () => {
  const patients = [{ name: 'Fig', remote_id: 'P-300' }];
  const added = z.looseObject({ id: z.string() });
  const client = added.parse(
    await oliver.control('clients', {
      first_name: 'Gus',
      last_name: 'Hale',
      phone: '+13125550199',
      patients,
    }),
  );
  const patient = added.parse(
    await oliver.control('patients', { client_id: client.id, name: 'Plum', remote_id: 'P-301' }),
  );
  expect(await found('/clients?name=gus')).toEqual([client.id]);
  expect(await found(`/patients?client_id=${client.id}`)).toContain(patient.id);
  const named = { client_remote_id: undefined, client_id: Number(client.id) };
  for (const remoteId of ['P-300', 'P-301'])
    await bookFirst(oliver, { ...named, patient_remote_id: remoteId });
  expect((await oliver.state()).live.appointments).toHaveLength(2);
});
