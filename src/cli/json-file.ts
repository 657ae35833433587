import { withoutMarks } from '../booking/bytes';

/**
 * Finds where a JSON text goes wrong. The messages of JSON.parse quote the text, which holds patients' data, and name
 * no line, so the text is parsed once more here.
 */

/** A text that is not JSON: the place, from 1, and what belongs there. */
export interface JsonMistake {
  line: number;
  column: number;
  expected: string;
}

export type JsonResult = { value: unknown } | { mistake: JsonMistake };

/** Returns the value of a JSON text, or its first mistake. Byte order marks at the beginning are ignored. */
export function parseJson(text: string): JsonResult {
  const json = withoutMarks(text);
  try {
    const value: unknown = JSON.parse(json);
    return { value };
  } catch {
    return { mistake: firstMistake(json) };
  }
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/** What may come next. `…OrEnd` holds right after an opening bracket, where an empty list or object may close. */
type Next = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'colon' | 'commaOrEnd' | 'nothing';
type Bracket = '{' | '[';

const CLOSING = { '{': '}', '[': ']' } as const;
const AFTER_COMMA = { '{': 'name', '[': 'value' } as const;
const AFTER_OPENING = { '{': 'nameOrEnd', '[': 'valueOrEnd' } as const;

const EXPECTED: Readonly<Record<Next, string>> = {
  value: 'a value (a text in double quotes, a number, true, false, null, { or [)',
  valueOrEnd: 'a value or ]',
  name: 'the name of a field in double quotes',
  nameOrEnd: 'the name of a field in double quotes, or }',
  colon: 'a colon after the name of the field',
  commaOrEnd: 'a comma, or the end of this list or object',
  nothing: 'nothing more',
};

interface Walk {
  text: string;
  position: number;
  next: Next;
  open: Bracket[];
}

function firstMistake(text: string): JsonMistake {
  const walk: Walk = { text, position: 0, next: 'value', open: [] };
  do skip(walk, SPACE);
  while (walk.position < text.length && step(walk));
  return { ...placeAt(text, walk.position), expected: EXPECTED[walk.next] };
}

/** Takes one token. Returns false when it does not belong there. */
function step(walk: Walk): boolean {
  const { text, position, next, open } = walk;
  const char = text.charAt(position);
  const bracket = open.at(-1);
  switch (next) {
    case 'nothing':
      return false;
    case 'colon':
      return char === ':' && advance(walk, 1, 'value');
    case 'commaOrEnd':
      if (bracket && char === ',') return advance(walk, 1, AFTER_COMMA[bracket]);
      return bracket !== undefined && char === CLOSING[bracket] && close(walk);
    case 'name':
    case 'nameOrEnd':
      if (next === 'nameOrEnd' && char === '}') return close(walk);
      return skip(walk, STRING) && advance(walk, 0, 'colon');
    case 'value':
    case 'valueOrEnd':
      if (next === 'valueOrEnd' && char === ']') return close(walk);
      return readValue(walk, char);
  }
}

function readValue(walk: Walk, char: string): boolean {
  if (char === '{' || char === '[') {
    walk.open.push(char);
    return advance(walk, 1, AFTER_OPENING[char]);
  }
  return (skip(walk, STRING) || skip(walk, SCALAR)) && advance(walk, 0, afterValue(walk));
}

function close(walk: Walk): boolean {
  walk.open.pop();
  return advance(walk, 1, afterValue(walk));
}

function afterValue({ open }: Walk): Next {
  return open.length > 0 ? 'commaOrEnd' : 'nothing';
}

function advance(walk: Walk, chars: number, next: Next): true {
  walk.position += chars;
  walk.next = next;
  return true;
}

function skip(walk: Walk, pattern: RegExp): boolean {
  pattern.lastIndex = walk.position;
  const found = pattern.exec(walk.text);
  if (found) walk.position += found[0].length;
  return found !== null;
}

function placeAt(text: string, position: number): { line: number; column: number } {
  const lines = text.slice(0, position).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
