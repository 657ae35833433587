/** Does something to every item, so many at a time, in order. Resolves to what came of each; rejects when one fails. */
export async function together<T, R>(
  items: readonly T[],
  atOnce: number,
  one: (item: T) => Promise<R>,
): Promise<R[]> {
  const done: R[] = [];
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) done[index] = await one(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}
