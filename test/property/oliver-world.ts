import { randomUUID } from 'node:crypto';
import { ALWAYS, type OliverCall } from '../support/calls';
import type { ClinicHand } from '../support/clinic';
import { atPractice } from '../support/saga';
import { PATIENT } from '../matrix/patient';
import type { Change, Point, Story } from './commands';
import { daysAfter, type World } from './worlds';

/** The call of each point in a story. */
export const OLIVER_POINTS: Readonly<Record<Point, OliverCall>> = {
  book: 'create_appointment',
  cancel: 'create_task',
  move: 'create_appointment',
  cancel_order: 'list_tasks',
  look: 'list_appointments',
  read_order: 'list_clients',
  search: 'open_times',
};

const CLINICS: Readonly<Record<Story['provider'], object>> = {
  'at once': { accept: 'auto' },
  later: { accept: 'accept', afterMs: 500 },
  'declines first': { accept: 'decline', afterMs: 300 },
};

/** Oliver has no orders: a change of one changes nothing. */
export const OLIVER_CHANGES: Readonly<Record<Exclude<Change, 'move' | 'cancel_order'>, string>> = {
  cancel: 'DELETED',
  begin: 'IN_PROGRESS',
  complete: 'DONE',
};

/** The sandbox's own record of what a test may ask about; its shape is tested in test/sandbox. */
interface Visit {
  id: string;
  client_id: string;
  status: string;
  booking_date: string;
  end_date: string;
  updated_at: string;
}

/**
 * The Oliver sandbox, which one booking at a time has for itself. It is never reset, as no practice is: each
 * booking has a client of its own instead.
 */
export function oliverWorld(clinic: ClinicHand): World {
  const deletedByClinic = new Set<string>();
  let clientId = '';
  const mine = async () => {
    const { appointments, live } = await clinic.state();
    const visits = (appointments as unknown as Visit[]).filter((one) => one.client_id === clientId);
    return { visits, live: visits.filter(({ id }) => live.appointments.includes(id)) };
  };
  return {
    mostWhileMoving: 2,
    async ready(story) {
      await clinic.mend();
      await clinic.control('clinic', { ...CLINICS[story.provider], completesTasks: true, afterTaskMs: 200 });
      const remoteId = randomUUID().slice(0, 8);
      const { firstName: first_name, lastName: last_name, phone, email } = PATIENT;
      const made = await clinic.control('clients', {
        ...{ first_name, last_name, phone, email, remote_id: `C-${remoteId}` },
        patients: [{ name: 'Biscuit', remote_id: `P-${remoteId}` }],
      });
      clientId = String((made as { id: unknown }).id);
      const { onProviderCancel } = story;
      return atPractice({
        client: { remoteId: `C-${remoteId}` },
        patient: { remoteId: `P-${remoteId}` },
        policy: { onProviderCancel },
      });
    },
    async change(what) {
      const one = (await mine()).live.at(-1);
      if (!one || what === 'cancel_order') return;
      if (what === 'cancel') deletedByClinic.add(one.id);
      const later = { start_at: daysAfter(one.booking_date, 1), end_at: daysAfter(one.end_date, 1) };
      await clinic.control(
        `appointments/${one.id}`,
        what === 'move' ? later : { status: OLIVER_CHANGES[what] },
      );
    },
    async fault(at, rule) {
      await clinic.fail(OLIVER_POINTS[at], rule);
    },
    async lockOut() {
      const answer = { status: 401, body: { detail: 'Unauthorized' } };
      await clinic.fail('any', { when: 'before', answer, times: ALWAYS });
    },
    mend: clinic.mend,
    async sample() {
      const { visits, live } = await mine();
      const undone = visits.filter(({ id, status }) => status === 'DELETED' && !deletedByClinic.has(id));
      return {
        liveAppointments: live.length,
        liveOrders: 0,
        undoneAt: undone.map(({ updated_at: at }) => Date.parse(at)),
        undidOrder: false,
      };
    },
  };
}
