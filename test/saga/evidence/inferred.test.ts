import { ALWAYS } from '../../support/calls';
import { atPractice } from '../../support/saga';
import { useSaga } from '../../support/use-saga';

/**
 * Where no ref returns, what is new at the start of an unanswered call is inferred to be its effect: only if it was not there
 * before that call.
 */

const rig = useSaga({ resets: ['sandbox'], clinicCapabilities: { callTimeoutMs: 3_000 } });

let client = { id: '', patientId: '', remoteId: '' };
let tests = 0;
beforeEach(async () => {
  tests += 1;
  const remoteId = `C-I${tests}`;
  const made = (await rig.clinic.control('clients', {
    ...{ first_name: 'Test', last_name: `Inferred${tests}`, remote_id: remoteId },
    email: `inferred${tests}@example.com`,
    patients: [{ name: 'Biscuit', remote_id: `P-I${tests}` }],
  })) as { id: string; patients: { id: string }[] }; // the sandbox's own answer
  client = { id: made.id, patientId: made.patients[0]?.id ?? '', remoteId };
  await rig.clinic.mend();
  await rig.clinic.control('clinic', { accept: 'auto', completesTasks: true, afterTaskMs: 0 });
});

/** Each test at a day of its own: what one leaves unanswered may be any other booking's at that start. */
const visit = () =>
  atPractice({
    client: { remoteId: client.remoteId },
    patient: { remoteId: client.remoteId.replace('C', 'P') },
    windows: [{ from: `+${7 * tests}d`, to: `+${7 * tests + 6}d` }],
  });
/** An appointment of the same client and patient that the desk makes. */
const booksAt = async (startsAt: string | null | undefined): Promise<string> => {
  const endMs = Date.parse(startsAt ?? '') + 1_800_000;
  const made = await rig.clinic.control('appointments', {
    ...{ client_id: client.id, patient_id: client.patientId },
    ...{ start_at: startsAt, end_at: new Date(endMs).toISOString() },
  });
  return String(Reflect.get(Object(made), 'id'));
};
const asked = (id: string) => rig.until(id, ({ attention }) => attention !== null);
const live = async () => (await rig.clinic.state()).live.appointments;
/** What shows in a look that is under way is made while it waits. */
const looksLate = () => rig.clinic.fail('list_appointments', { when: 'before', delayMs: 600, times: ALWAYS });

test('what the desk books there right before the call is sent is not taken for its effect', async () => {
  await looksLate();
  const { booking } = await rig.bookings.start(visit());
  const { attempts } = await rig.until(booking.id, ({ status }) => status === 'booking');
  const desks = await booksAt(attempts[0]?.startsAt);
  const asking = await asked(booking.id);
  expect(asking).toMatchObject({ appointment: null, attention: { reason: 'ambiguous_match' } });
  expect(await rig.clinic.callsOf('create_appointment')).toEqual([]);
  await rig.bookings.cancel(booking.id, {});
  expect((await asked(booking.id)).attention?.reason).toBe('ambiguous_match');
  expect(await live()).toContain(desks);
});
