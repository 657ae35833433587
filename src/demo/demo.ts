import { INTERRUPTED, stopSignal } from '../run/signals';
import { playAll, type Played } from './play';
import { isAsExpected, LEGEND, lineOf, tableOf } from './report';
import { SCENES } from './scenes';
import { openWorld, type World } from './world';

/**
 * `npm run demo`: real bookings on a real Temporal server, with a misbehaving provider. Exits 1 when a scene ends
 * differently.
 */

async function main(): Promise<number> {
  say(
    `Bookings on a real Temporal server, ${SCENES.length} scenes, each with a provider's stand-in of its own.`,
  );
  const startedAt = Date.now();
  const told = stopSignal();
  const opening = openWorld(SCENES, say);
  const playing = opening.then(play);
  let keepData = false;
  try {
    const played = await Promise.race([playing, told]);
    if (!played) return INTERRUPTED;
    say(`\n${tableOf(played)}\n${LEGEND}\n`);
    keepData = !played.every(isAsExpected);
    if (keepData) return differs(played, await opening);
    say(`All ${played.length} scenes ended as expected, in ${secondsSince(startedAt)} s.`);
    return 0;
  } finally {
    // An interrupted play fails when its world ends.
    playing.catch(() => undefined);
    await opening.then(
      (world) => world.close({ keepData }),
      () => undefined,
    );
  }
}

function play(world: World): Promise<Played[]> {
  say('Playing them side by side; the one that kills the worker comes last.\n');
  const startedAt = Date.now();
  return playAll(SCENES, world, (played) => say(lineOf(played, Date.now() - startedAt)));
}

function differs(played: readonly Played[], { dataDir }: World): number {
  const wrong = played.filter((one) => !isAsExpected(one));
  say(`${wrong.length} of ${played.length} scenes ended otherwise than expected:`);
  for (const { scene, bookingId } of wrong) say(`  ${scene.name}: workflow booking:${bookingId}`);
  say(
    `Look at them in the Temporal UI with: BOOKING_DATA_DIR=${dataDir} npm start (logs are in the same place).`,
  );
  return 1;
}

function secondsSince(ms: number): number {
  return Math.round((Date.now() - ms) / 1_000);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().then(
  (status) => process.exit(status),
  (err: unknown) => {
    process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`);
    process.exit(1);
  },
);
