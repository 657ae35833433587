/** What reading costs: in processor time, as time on the clock tells of what else the machine does. */

/** The least that a run costs, in ms, of several: the first ones warm up, and others meet the collector. */
export function leastCpuMs(run: () => unknown, runs = 5): number {
  const costs = Array.from({ length: runs }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...costs);
}

/** How much longer the longer text is. */
const TIMES = 16;
/** What is read once over costs 16 times as much then, and what is read over and over 256 times. */
const AT_MOST_TIMES = 64;
/** What is too little to be told from chance, in ms. */
const CHANCE_MS = 20;

/** Fails unless texts are read once over. `reading` answers what reads that many characters, for the whole length and less. */
export function expectReadOnce(reading: (length: number) => () => unknown, length: number): void {
  const shortMs = leastCpuMs(reading(Math.ceil(length / TIMES)));
  const longMs = leastCpuMs(reading(length));
  expect(longMs).toBeLessThan(AT_MOST_TIMES * shortMs + CHANCE_MS);
}
