import type { BookingView } from '../booking/schema/view';
import { isSettled } from '../booking/status';
import { isShown, type Evidence } from './facts';
import { ORDER_BODY, requestOf } from './requests';
import { expectedOf, type Act, type Ending, type Scene, type Stage } from './scene';
import { until } from './wait';
import type { World } from './world';

/** Plays the scenes. */

export interface Played {
  scene: Scene;
  bookingId: string;
  /** How it ended. */
  seen: Ending;
}

/** A scene that has come as far as it can before its encore. */
interface Begun {
  scene: Scene;
  stage: Stage;
  /** The views that its acts waited for. */
  stops: readonly BookingView[];
  paused: string | null;
  trouble: string | null;
}

/**
 * Plays all scenes: first, at once, those that need the worker alive, then those that kill it, then the encores that
 * wait for its restart. Calls `ended` for each scene that ends. Returns the results in the order of the scenes.
 */
export async function playAll(
  scenes: readonly Scene[],
  world: World,
  ended: (played: Played) => void,
): Promise<Played[]> {
  const played: Played[] = [];
  const waiting: Begun[] = [];
  const end = async (begun: Begun): Promise<void> => {
    const one = await finish(begun);
    played.push(one);
    ended(one);
  };
  const together = scenes.filter((scene) => !scene.killsWorker);
  await Promise.all(
    together.map(async (scene) => {
      const begun = await begin(scene, world);
      if (scene.encore) waiting.push(begun);
      else await end(begun);
    }),
  );
  for (const scene of scenes.filter(({ killsWorker }) => killsWorker)) await end(await begin(scene, world));
  await Promise.all(waiting.map(end));
  return scenes.flatMap((scene) => played.filter((one) => one.scene === scene));
}

async function begin(scene: Scene, { client, worker, standInOf }: World): Promise<Begun> {
  const standIn = standInOf(scene);
  for (const instruction of scene.arrange ?? []) await standIn.tell(instruction);
  const orderId = scene.adopts ? await standIn.placeOrder(ORDER_BODY) : null;
  const { booking } = await client.start(requestOf(scene, orderId));
  const stops: BookingView[] = [];
  const stage: Stage = {
    client,
    bookingId: booking.id,
    standIn,
    worker,
    until: async (holds) => {
      const view = await until(client, booking.id, holds);
      stops.push(view);
      return view;
    },
  };
  const trouble = await troubleIn(scene.act, stage);
  const settled = await until(client, booking.id, isSettled);
  const paused = [...stops, settled].find(({ attention }) => attention !== null);
  return { scene, stage, stops, paused: paused?.attention?.reason ?? null, trouble };
}

async function finish({ scene, stage, stops, paused, ...begun }: Begun): Promise<Played> {
  const { client, bookingId, standIn } = stage;
  const trouble = begun.trouble ?? (await troubleIn(scene.encore, stage));
  const view = await until(client, bookingId, isSettled);
  const evidence = { view, stops, paused, state: await standIn.state() };
  return { scene, bookingId, seen: { ...endingOf(scene, evidence), trouble } };
}

/** Plays an act and returns what went wrong, or null. An error must not stop the other scenes; the table shows it. */
async function troubleIn(act: Act | undefined, stage: Stage): Promise<string | null> {
  try {
    await act?.(stage);
    return null;
  } catch (err) {
    return err instanceof Error ? err.message : String(err);
  }
}

function endingOf(scene: Scene, evidence: Evidence): Omit<Ending, 'trouble'> {
  const { view, paused, state } = evidence;
  return {
    status: view.status,
    failure: view.failure?.code ?? null,
    attempts: view.attempts.map(({ outcome }) => outcome),
    paused,
    facts: expectedOf(scene).facts.filter((fact) => isShown(fact, evidence)),
    live: { appointments: state.live.appointments.length, orders: state.live.orders.length },
  };
}
