import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { controlBody } from '../controls';
import type { LoggedCall } from '../misbehaviour';
import { add, appointmentOf, change } from './appointments';
import { setClinic } from './clinic';
import { isLive, type Context } from './context';
import { addClient, addPatient, clientOf, patientOf } from './people';
import { accountSchema, clinicSchema, offsetSchema, practiceSchema, PRACTICES, quirksSchema } from './state';
import { complete, setStatus, taskOf } from './tasks';
import { clientAnswer, patientAnswer, plainAppointment, plainTask, type Wire } from './wire';

/** The `/_sandbox` routes that only the Oliver sandbox has. They show its state and change it by hand. */
export function oliverControls(
  app: FastifyInstance,
  context: Context,
  parts: { calls: LoggedCall[]; reset: () => void },
): void {
  app.get('/_sandbox/state', () => stateAnswer(context, parts.calls));
  app.post('/_sandbox/reset', () => {
    parts.reset();
    return stateAnswer(context, parts.calls);
  });
  settingControls(app, context);
  peopleControls(app, context);
  moveControls(app, context);
}

function stateAnswer({ state }: Context, calls: LoggedCall[]): Wire {
  return {
    appointments: state.appointments.map(plainAppointment),
    staffTasks: state.tasks.map((task) => ({ ...plainTask(task), practice: task.practice })),
    // Oliver has no orders; the field exists so that the state of every sandbox reads alike.
    live: { appointments: state.appointments.filter(isLive).map(({ id }) => id), orders: [] },
    calls,
  };
}

const clinicBody = clinicSchema.partial().extend({ practice: practiceSchema.optional() });
const zoneBody = z.strictObject({ practice: practiceSchema.optional(), offset: offsetSchema });
const count = z.number().int().min(0).optional();

function settingControls(app: FastifyInstance, context: Context): void {
  const { state } = context;
  app.post('/_sandbox/clinic', (request) => {
    const { practice, ...clinic } = controlBody(clinicBody, request.body);
    const meant = practice === undefined ? PRACTICES : [practice];
    meant.forEach((one) => setClinic(context, one, clinic));
    return state.clinics;
  });
  app.post('/_sandbox/slots', (request) => {
    const body = controlBody(z.strictObject({ snatch: count, empty: count }), request.body);
    return Object.assign(state.slots, body);
  });
  app.post('/_sandbox/quirks', (request) =>
    Object.assign(state.quirks, controlBody(quirksSchema, request.body)),
  );
  app.post('/_sandbox/zone', (request) => {
    const { practice, offset } = controlBody(zoneBody, request.body);
    (practice === undefined ? PRACTICES : [practice]).forEach((one) => (state.offsets[one] = offset));
    return state.offsets;
  });
  app.post('/_sandbox/account', (request) =>
    Object.assign(state.account, controlBody(accountSchema.partial(), request.body)),
  );
  app.post('/_sandbox/tokens', (request) => {
    const { expire } = controlBody(z.strictObject({ expire: z.literal(true) }), request.body);
    state.tokenGeneration += 1;
    return { expire };
  });
}

const text = z.string().min(1);
const patientFields = {
  name: text,
  remote_id: text.nullable().default(null),
  species: text.default('Canine'),
  breed: text.default('Mixed'),
};
const patientBody = z.strictObject({
  ...patientFields,
  practice: practiceSchema.default('1'),
  client_id: text,
});
const clientBody = z.strictObject({
  practice: practiceSchema.default('1'),
  first_name: text,
  last_name: text,
  remote_id: text.nullable().default(null),
  phone: text.nullable().default(null),
  email: text.nullable().default(null),
  patients: z.array(z.strictObject(patientFields)).default([]),
});

function peopleControls(app: FastifyInstance, context: Context): void {
  app.post('/_sandbox/clients', (request) => {
    const body = controlBody(clientBody, request.body);
    const client = addClient(context, {
      practice: body.practice,
      remoteId: body.remote_id,
      firstName: body.first_name,
      lastName: body.last_name,
      phone: body.phone,
      email: body.email,
    });
    body.patients.forEach(({ remote_id: remoteId, ...patient }) =>
      addPatient(context, { clientId: client.id, remoteId, ...patient }),
    );
    return clientAnswer(context, client);
  });
  app.post('/_sandbox/patients', (request) => {
    const body = controlBody(patientBody, request.body);
    const { practice, client_id: clientId, remote_id: remoteId, ...patient } = body;
    const client = clientOf(context, practice, clientId);
    return patientAnswer(context, addPatient(context, { clientId: client.id, remoteId, ...patient }));
  });
}

const moment = z.iso.datetime({ offset: true });
const deskBody = z.strictObject({
  practice: practiceSchema.default('1'),
  client_id: text,
  patient_id: text,
  start_at: moment,
  end_at: moment,
  status: text.default('ACCEPTED'),
  note: z.string().nullable().default(null),
});
const moveBody = z.strictObject({
  status: text.optional(),
  start_at: moment.optional(),
  end_at: moment.optional(),
  listed: z.boolean().optional(),
});

const utc = (time: string): string => new Date(time).toISOString();

function moveControls(app: FastifyInstance, context: Context): void {
  app.post('/_sandbox/appointments', (request) => {
    const body = controlBody(deskBody, request.body);
    const { practice, status, note } = body;
    return plainAppointment(
      add(context, {
        practice,
        clientId: clientOf(context, practice, body.client_id).id,
        patientId: patientOf(context, practice, body.patient_id).id,
        slotKey: null,
        startAt: utc(body.start_at),
        endAt: utc(body.end_at),
        status,
        note,
        listed: true,
      }),
    );
  });

  app.post<{ Params: { id: string } }>('/_sandbox/appointments/:id', (request) => {
    const appointment = appointmentOf(context, request.params.id);
    const { status, start_at: start, end_at: end, listed } = controlBody(moveBody, request.body);
    change(context, appointment, {
      status: status ?? appointment.status,
      listed: listed ?? appointment.listed,
      ...(start === undefined ? {} : { startAt: utc(start), slotKey: null }),
      ...(end === undefined ? {} : { endAt: utc(end) }),
    });
    return plainAppointment(appointment);
  });

  app.post<{ Params: { id: string } }>('/_sandbox/staff_tasks/:id', (request) => {
    const task = taskOf(context, request.params.id);
    const { status } = controlBody(
      z.strictObject({ status: z.enum(['completed', 'canceled']) }),
      request.body,
    );
    if (status === 'completed') complete(context, task);
    else setStatus(context, task, status);
    return plainTask(task);
  });
}
