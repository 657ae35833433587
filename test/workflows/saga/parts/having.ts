/** A booking at its beginning of which only some parts are known, as an owner sees it. */
export function having<Parts extends object>(parts: Parts) {
  return { state: { ...parts, revision: 1, updatedAt: '2026-01-01T00:00:00.000Z' }, dirty: false };
}
