/** Has this process stand still for so long, as one does that is frozen or has too much to do. Costs no processor time. */
export function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
