/** A part of the generated test: it plays its cases and says what became of them. */
export interface Part {
  name: string;
  play(report?: Report): Promise<Counts>;
}

/** Takes the lines that a reader of a long run wants to see. */
export type Report = (line: string) => void;

export interface Counts {
  cases: number;
  held: number;
  broken: { name: string; why: string }[];
}
