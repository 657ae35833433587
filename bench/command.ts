/** What a measurement has found. */
export interface Found {
  /** For people, in Markdown. */
  page: string;
  /** For programs. */
  figures: object;
  /** What is kept under bench/results/, by file; nothing of a run that was made small. */
  kept: Readonly<Record<string, string>>;
}

/** One of the bench's measurements, by its command line. `tell` hears how far it has come. */
export interface Command {
  /** Throws for what is none of its options, naming it. */
  (args: readonly string[]): (tell: (text: string) => void) => Promise<Found>;
}

/** A number above 0 from the command line. Throws for any other text, naming the option. */
export function above0(
  name: string,
  text: string,
  accepts: (value: number) => boolean = Number.isFinite,
): number {
  const value = Number(text);
  if (accepts(value) && value > 0) return value;
  throw new Error(`${name} must be a number above 0, ${text} is none.`);
}
