/** Waits for work up to a limit, then throws `late`. The work itself goes on, but its result is ignored. */
export function inTime<T>(limitMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}
