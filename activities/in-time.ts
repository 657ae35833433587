/** Gives work a limit; after it the work goes on unheard, and `late` is thrown. */
export function inTime<T>(limitMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}
