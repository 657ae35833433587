import type { ArmName } from './arm-names';
import type { Ground } from './ground';
import type { Played } from './load';
import type { Child } from './processes/child';
import { ourClients, plainClients, type Order } from './processes/driver';

export interface Arm {
  name: ArmName;
  play(order: Order): Promise<Played>;
  /** Does the work; where starts are eager, and without a server, it is its own client besides. */
  worker: Child;
  /** Receives the provider's news; null where nobody wants any. */
  receiver: Child | null;
}

/**
 * Starts the arms. Their workers all run all the time, each on queues of its own: an idle one costs next to nothing, and
 * one that began anew for each round would be measured cold.
 */
export async function startArms({ start, client, bookings }: Ground): Promise<Record<ArmName, Arm>> {
  const [direct, plain, ours, receiver] = await Promise.all([
    start('direct'),
    start('plain-worker'),
    start('our-worker'),
    start('receiver'),
  ]);
  const fromOutside = { plain: plainClients(client), ours: ourClients(bookings) };
  return {
    direct: { name: 'direct', play: playedBy(direct), worker: direct, receiver: null },
    plain: { name: 'plain', play: fromOutside.plain, worker: plain, receiver: null },
    ours: { name: 'ours', play: fromOutside.ours, worker: ours, receiver },
    'plain-eager': { name: 'plain-eager', play: playedBy(plain), worker: plain, receiver: null },
    'ours-eager': { name: 'ours-eager', play: playedBy(ours), worker: ours, receiver },
  };
}

/** The process plays the load itself. */
function playedBy(child: Child): Arm['play'] {
  // Its module is one of ours and answers with what `play` gave it.
  return async (order) => (await child.ask(order)) as Played;
}
