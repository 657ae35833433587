import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Oddity } from '../oddities';
import { create, list } from './appointments';
import { zoneOf, type Context } from './context';
import { REFUSALS } from './errors';
import { clientOf, findClients, findPatients, patientOf } from './people';
import { quirkyDays } from './quirks';
import { openTimes } from './slots';
import { practiceSchema, type Practice } from './state';
import { createTask, setStatus, taskOf, updateTask } from './tasks';
import { checkToken, signIn } from './token';
import {
  clientsQuerySchema,
  createSchema,
  createTaskSchema,
  listSchema,
  openTimesSchema,
  parse,
  patientsQuerySchema,
  signInSchema,
  tasksQuerySchema,
  updateTaskSchema,
} from './validation';
import {
  clientAnswer,
  createdAnswer,
  listedAnswer,
  openDayAnswer,
  page,
  patientAnswer,
  success,
  taskAnswer,
} from './wire';

const CORE = '/services/core/open_api/v1';

interface ById {
  Params: { id: string };
}

/** Adds the sign-in route, the only route without a token. */
export function signInRoute(app: FastifyInstance, context: Context): void {
  app.post('/services/user/v1/auth/sign-in', (request) =>
    success({ token: signIn(context, parse(signInSchema, request.body)) }),
  );
}

/** Adds all other routes; each needs a token and a practice. */
export function coreRoutes(app: FastifyInstance, context: Context): void {
  // The token is checked before a fault spoils the call: a call that takes effect late was let in when it came.
  app.addHook('onRequest', async (request) => {
    if (!request.isInward) checkToken(context, request.headers.authorization);
    practiceOf(request);
  });
  appointmentRoutes(app, context);
  peopleRoutes(app, context);
  taskRoutes(app, context);
}

/** Returns the quirks and the zone that apply to the answer to a call now. */
export function oddityOf(context: Context, { headers }: FastifyRequest): Oddity {
  const practice = practiceSchema.safeParse(headers['x-client-id']).data;
  return { quirks: context.state.quirks, zone: practice === undefined ? 'utc' : zoneOf(context, practice) };
}

/** Returns the practice that a call is about. Refuses a call that names no practice, or an unknown one. */
function practiceOf(request: FastifyRequest): Practice {
  const location = request.headers['x-client-id'];
  if (location === undefined || location === '') throw REFUSALS.noLocation();
  const practice = practiceSchema.safeParse(location);
  if (!practice.success) throw REFUSALS.badLocation();
  return practice.data;
}

function appointmentRoutes(app: FastifyInstance, context: Context): void {
  app.post(`${CORE}/open_times`, (request) => {
    const days = openTimes(context, practiceOf(request), parse(openTimesSchema, request.body));
    const answers = days.map((day) => openDayAnswer(context, day));
    return success(quirkyDays(context.state.quirks, answers));
  });

  app.post(`${CORE}/appointments`, (request) => {
    const appointment = create(context, practiceOf(request), parse(createSchema, request.body));
    return success(createdAnswer(context, appointment), 'Appointment created successfully');
  });

  app.get(`${CORE}/appointments`, (request) => {
    const query = parse(listSchema, request.query);
    const found = list(context, practiceOf(request), query);
    return success(page(found, query, (appointment) => listedAnswer(context, appointment)));
  });
}

function peopleRoutes(app: FastifyInstance, context: Context): void {
  app.get(`${CORE}/clients`, (request) => {
    const found = findClients(context, practiceOf(request), parse(clientsQuerySchema, request.query));
    return success(found.map((client) => clientAnswer(context, client)));
  });

  app.get<ById>(`${CORE}/clients/:id`, (request) =>
    success(clientAnswer(context, clientOf(context, practiceOf(request), request.params.id))),
  );

  app.get(`${CORE}/patients`, (request) => {
    const found = findPatients(context, practiceOf(request), parse(patientsQuerySchema, request.query));
    return success(found.map((patient) => patientAnswer(context, patient)));
  });

  app.get<ById>(`${CORE}/patients/:id`, (request) =>
    success(patientAnswer(context, patientOf(context, practiceOf(request), request.params.id))),
  );
}

function taskRoutes(app: FastifyInstance, context: Context): void {
  const path = `${CORE}/staff_tasks`;

  app.post(path, (request, reply) => {
    const task = createTask(context, practiceOf(request), parse(createTaskSchema, request.body));
    return reply.code(201).send(success(taskAnswer(context, task)));
  });

  app.get(path, (request) => {
    const query = parse(tasksQuerySchema, request.query);
    const practice = practiceOf(request);
    const found = context.state.tasks.filter(
      (task) => task.practice === practice && (query.status ?? task.status) === task.status,
    );
    return success(page(found, query, (task) => taskAnswer(context, task)));
  });

  app.get<ById>(`${path}/:id`, (request) =>
    success(taskAnswer(context, taskOf(context, request.params.id, practiceOf(request)))),
  );

  app.put<ById>(`${path}/:id`, (request) => {
    const task = taskOf(context, request.params.id, practiceOf(request));
    updateTask(context, task, parse(updateTaskSchema, request.body));
    return success(taskAnswer(context, task));
  });

  app.delete<ById>(`${path}/:id`, (request) => {
    setStatus(context, taskOf(context, request.params.id, practiceOf(request)), 'canceled');
    return success(null);
  });
}
