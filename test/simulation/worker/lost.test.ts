import { workflowIdOf } from '../../../src/booking/names';
import { atHome } from '../../support/saga';
import { createSimulation, type Simulation } from '../simulation';
import { untilView } from '../stories/hands';
import { historyOf } from '../stories/play';
import type { Stage } from '../stage';

/** What becomes of a local activity whose worker is lost. */

/** Told of each reading of a request, from the middle of it. */
let readsRequest: () => void = () => undefined;

let simulation: Simulation;
beforeAll(async () => {
  simulation = await createSimulation({
    activities: ({ openBooking, ...others }) => {
      if (!openBooking) throw new Error('there is no activity openBooking any more');
      const telling = (...args: never[]): Promise<unknown> => {
        readsRequest();
        return openBooking(...args);
      };
      return { ...others, openBooking: telling };
    },
  });
}, 120_000);
afterAll(() => simulation.close());

test('a local activity in the middle of which the worker is lost is run again, and recorded once', async () => {
  let reads = 0;
  const events = await simulation.play(1, async (stage: Stage) => {
    readsRequest = () => {
      reads += 1;
      if (reads === 1) void stage.loseWorker();
    };
    const { booking } = await stage.bookings.start(atHome());
    await untilView(stage, booking.id, ({ status }) => status === 'confirmed', 60_000);
    const run = stage.namespace.find(workflowIdOf(booking.id));
    return run ? historyOf(run) : [];
  });
  expect(reads).toBe(2);
  expect(events.filter((event) => event.startsWith('MarkerRecorded'))).toEqual([
    'MarkerRecorded openBooking',
  ]);
  expect(events).toContain('WorkflowTaskTimedOut');
});
