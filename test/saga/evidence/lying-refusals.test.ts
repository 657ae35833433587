import { ALWAYS } from '../../support/calls';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { atPractice } from '../../support/saga';
import { useSaga } from '../../support/use-saga';

/**
 * A refusal that lied: it came after its effect. Where no ref tells whose an appointment is, what is new at that start
 * since the look before the call is what such a refusal may have left.
 */

const SLOW_DOWN = { status: 429, body: { success: false, message: 'Too many requests' } };
const UNAUTHORIZED = { status: 401, body: { success: false, message: 'Unauthorized' } };

describe('at a practice, a create that was refused for load after its effect', () => {
  const rig = useSaga({ resets: [] });

  let client = '';
  let tests = 0;
  beforeEach(async () => {
    tests += 1;
    const made = await rig.clinic.control('clients', {
      ...{ first_name: 'Test', last_name: `Lied${tests}`, remote_id: `C-R${tests}` },
      patients: [{ name: 'Biscuit', remote_id: `P-R${tests}` }],
    });
    client = String(Reflect.get(Object(made), 'id'));
    await rig.clinic.mend();
    await rig.clinic.control('account', { secondCreate: 'allowed' });
    await rig.clinic.control('clinic', { accept: 'auto', completesTasks: true, afterTaskMs: 0 });
  });
  /** One that cannot look what the refusal left, and asks. */
  const asking = async () => {
    const before = (await rig.clinic.callsOf('create_appointment')).length;
    await rig.clinic.fail('create_appointment', { when: 'after', answer: SLOW_DOWN });
    const who = { client: { remoteId: `C-R${tests}` }, patient: { remoteId: `P-R${tests}` } };
    const { booking } = await rig.bookings.start(atPractice(who));
    await rig.clinic.called('create_appointment', { times: before + 1 });
    await rig.clinic.fail('list_appointments', { times: ALWAYS, answer: UNAUTHORIZED });
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'credentials_rejected');
    await rig.clinic.mend();
    return booking.id;
  };

  test('is not made again by a retry: what it made is found', async () => {
    const id = await asking();
    await rig.bookings.retry(id, {});
    const view = await rig.until(id, ({ status }) => status === 'confirmed');
    await expectOneAppointment(rig, { of: client, id: view.appointment?.id });
  });

  test('is not forgotten by an end: a person is asked about what it made', async () => {
    const id = await asking();
    await rig.bookings.resolve(id, { choice: 'end', why: 'nobody wants it' });
    const view = await rig.until(id, ({ attention }) => attention?.reason === 'ambiguous_match');
    expect(view.status).toBe('compensating');
    const made = await expectOneAppointment(rig, { of: client });
    await rig.clinic.control(`appointments/${made}`, { status: 'DELETED' });
    await rig.bookings.resolve(id, { choice: 'undone', why: 'the desk deleted it' });
    await rig.until(id, ({ status }) => status === 'failed');
    await expectNothingLive(rig, { of: client });
  });
});
