/**
 * How long something takes when nothing else gets in its way, in ms: the least of several runs. One run alone tells as much
 * of the machine as of the code.
 */
export function leastMs(run: () => unknown, runs = 5): number {
  const times = Array.from({ length: runs }, () => {
    const began = performance.now();
    run();
    return performance.now() - began;
  });
  return Math.min(...times);
}
