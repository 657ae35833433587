import { ALWAYS } from '../../support/calls';
import { atPractice } from '../../support/saga';
import { useSaga } from '../../support/use-saga';

/**
 * Where no ref returns, what is new at the start of an unanswered call is inferred to be its effect: only if it was not there
 * before that call, and for good only when nothing else may come of it any more.
 */

const WINDOW_MS = 6_000;
const rig = useSaga({
  resets: ['sandbox'],
  clinicCapabilities: { callTimeoutMs: 3_000, lateCommitWindowMs: WINDOW_MS },
});

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
const live = async (): Promise<string[]> => {
  const state = await rig.clinic.state();
  const own = state.appointments.filter(({ client_id }) => client_id === client.id).map(({ id }) => id);
  return state.live.appointments.filter((id) => own.includes(id));
};
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

test('a move whose call may have made what the desk has booked can be given up', async () => {
  const { booking } = await rig.bookings.start(visit());
  const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
  await looksLate();
  await rig.bookings.reschedule(booking.id, {
    windows: [{ from: `+${7 * tests + 2}d`, to: `+${7 * tests + 6}d` }],
  });
  const aiming = await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'booking');
  await booksAt(aiming.attempts.at(-1)?.startsAt);
  await rig.clinic.mend();
  const asking = await asked(booking.id);
  expect(asking.attention).toMatchObject({ reason: 'ambiguous_match', choices: ['retry', 'keep'] });
  await rig.bookings.resolve(booking.id, { choice: 'keep', why: 'the desk has booked it' });
  const refused = await rig.until(booking.id, ({ lastRequest }) => lastRequest?.kind === 'reschedule');
  expect(refused).toMatchObject({
    appointment: { id: appointment?.id },
    attempts: [{}, { outcome: 'unknown' }],
  });
  expect(refused.lastRequest).toMatchObject({ outcome: 'refused', code: 'ambiguous_match' });
  // What stands at that start is asked about once more, as of any unanswered call.
  await rig.until(booking.id, ({ attention }) => attention?.reason === 'ambiguous_match');
  await rig.bookings.retry(booking.id, {});
  await rig.until(booking.id, ({ status, attention }) => status === 'confirmed' && attention === null);
});

describe('what stands there after an unanswered call', () => {
  /** A booking with such a call, and what the desk has booked at its start before the booking looked there. */
  const unanswered = async () => {
    await rig.clinic.fail('create_appointment', {
      when: 'late',
      answer: 'reset',
      delayMs: WINDOW_MS - 1_000,
    });
    await looksLate();
    const { booking } = await rig.bookings.start(visit());
    const { attempts } = await rig.until(booking.id, (view) => view.attempts[0]?.outcome === 'unknown');
    const desks = await booksAt(attempts[0]?.startsAt);
    await rig.clinic.mend();
    return { id: booking.id, desks };
  };
  /** Both stand there then, and a person is asked about the one that the booking does not take for its own. */
  const bothStand = async (id: string, desks: string) => {
    const asking = await asked(id);
    expect(asking.attention?.reason).toBe('ambiguous_match');
    const others = (await live()).filter((one) => one !== desks);
    expect(others).toHaveLength(1);
    expect(asking.attention?.tried.join()).toContain(others[0]);
    expect(await rig.clinic.callsOf('create_task')).toEqual([]);
  };

  test('is not undone before the call can have no other effect any more', async () => {
    const { id, desks } = await unanswered();
    const { appointment } = await rig.until(id, ({ status }) => status === 'confirmed');
    expect(appointment?.id).toBe(desks); // mistaken for the effect, as nothing else is there
    await rig.bookings.cancel(id, {});
    await bothStand(id, desks);
    // To try again is no word on whose they are.
    await rig.bookings.retry(id, {});
    await bothStand(id, desks);
  });

  test('is not undone before that where the undo itself has found it', async () => {
    const { id, desks } = await unanswered();
    await rig.bookings.cancel(id, {});
    await bothStand(id, desks);
  });

  test('is undone then, without a question, where it is the only one', async () => {
    await rig.clinic.fail('create_appointment', { when: 'after', answer: 'reset' });
    const { booking } = await rig.bookings.start(visit());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.bookings.cancel(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation).toMatchObject([{ outcome: 'undone', attempts: 1 }]);
    expect(await live()).toEqual([]);
  });

  test('is left to the booking that holds it by an answer, also while that aims elsewhere in a move', async () => {
    await rig.clinic.fail('create_appointment', { answer: 'reset', times: 1 });
    const lost = (await rig.bookings.start(visit())).booking.id;
    await rig.until(lost, ({ attempts }) => attempts[0]?.outcome === 'unknown');
    const holder = (await rig.bookings.start(visit())).booking.id;
    const { appointment } = await rig.until(holder, ({ status }) => status === 'confirmed');
    await rig.clinic.fail('create_appointment', { answer: 'reset', times: 1 });
    await rig.bookings.reschedule(holder, {
      windows: [{ from: `+${7 * tests}d`, to: `+${7 * tests + 6}d` }],
    });
    const aiming = await rig.until(holder, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    expect(aiming.attempts.at(-1)?.startsAt).not.toBe(appointment?.startsAt);
    const view = await rig.until(lost, ({ attempts }) => attempts[0]?.outcome !== 'unknown');
    expect(view.attempts[0]?.startsAt).toBe(appointment?.startsAt);
    expect(view.appointment?.id).not.toBe(appointment?.id);
  });
});
