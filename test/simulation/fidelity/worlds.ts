import { oliverWorld } from '../../property/oliver-world';
import { junctionWorld } from '../../property/junction-world';
import type { Story } from '../../property/commands';
import { DAY_MS, type World } from '../../property/worlds';
import type { Lane } from '../../matrix/lanes';
import { AT_SITE_TEST, type SandboxHand } from '../../support/sandbox';
import type { Place } from './story';

/** The providers of the random stories, at each place where a booking may be made. */
export function worldOf(at: Place, lane: Lane): World {
  switch (at) {
    case 'home':
      return junctionWorld(ordering(lane, {}));
    case 'site':
      return atSite(lane);
    case 'by phone':
      return byPhone(lane);
    case 'practice':
      return inAccount(oliverWorld(lane.clinic), lane.account);
  }
}

type Request = Record<string, unknown>;

/** The same world, where the request is another. */
function asking(world: World, changed: (request: Request, story: Story) => Request): World {
  return { ...world, ready: async (story) => changed(await world.ready(story), story) };
}

function inAccount(world: World, account: string): World {
  return asking(world, (request) => ({ ...request, account }));
}

/** The same lane, whose orders are placed otherwise and ready before anybody books on them. */
function ordering(lane: Lane, over: Request): Lane {
  const placeOrder: SandboxHand['placeOrder'] = (order) =>
    lane.sandbox.placeReadyOrder({ ...order, ...over });
  return { ...lane, sandbox: { ...lane.sandbox, placeOrder } };
}

function atSite(lane: Lane): World {
  const order = { labTestIds: [AT_SITE_TEST] };
  const site = { lab: 'quest', zip: '10001', radiusMiles: 10 };
  const world = junctionWorld(ordering(lane, { order_set: { lab_test_ids: order.labTestIds } }));
  return asking(world, (request, story) => ({
    ...request,
    ...{ provider: 'junction-psc', site },
    ...(story.order === 'placed' && { order }),
  }));
}

/** Where nobody offers times, and a vendor calls the patient: an appointment is pending until a person has agreed on one. */
function byPhone(lane: Lane): World {
  const place = { city: 'Holmen', state: 'WI', zip: '54650', country: 'US' };
  const world = junctionWorld(ordering(lane, { patient_address: { first_line: '9 Main Street', ...place } }));
  const pending = async () => {
    const { appointments, live } = await lane.sandbox.state();
    return appointments.find(({ id, status }) => live.appointments.includes(id) && status === 'pending');
  };
  const moved = asking(world, (request, { order }) =>
    order === 'placed'
      ? {
          ...request,
          patient: { ...(request.patient as Request), address: { firstLine: '9 Main Street', ...place } },
        }
      : request,
  );
  return {
    ...moved,
    async change(what) {
      const one = await pending();
      const agreed = { move: timesIn(3), begin: { ...timesIn(4), status: 'confirmed' } };
      if (one && (what === 'move' || what === 'begin'))
        await lane.sandbox.control(`appointments/${one.id}`, agreed[what]);
      else await world.change(what);
    },
  };
}

function timesIn(days: number): { start_at: string; end_at: string } {
  const startMs = Date.now() + days * DAY_MS;
  const isoOf = (ms: number): string => new Date(ms).toISOString();
  return { start_at: isoOf(startMs), end_at: isoOf(startMs + 7_200_000) };
}
