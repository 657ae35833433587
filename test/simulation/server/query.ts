import { decoded } from './payloads';
import type { Run } from './run';

/** The part of Temporal's list filter that this project uses: comparisons, [NOT] IN, BETWEEN, IS [NOT] NULL, AND, OR, brackets. */

type Test = (run: Run) => boolean;
type Value = string | number;

const TOKEN = /\s*(?:(\(|\)|,|!=|>=|<=|=|>|<)|'((?:[^']|'')*)'|([A-Za-z_][A-Za-z0-9_]*)|(-?\d+))/y;

/** What a query asks. Throws what `notModelled` makes of what it does not know. */
export function testOf(query: string, notModelled: (what: string) => Error): Test {
  const tokens = tokensOf(query, notModelled);
  const next = (): string => tokens.shift() ?? '';
  const isNext = (word: string): boolean => tokens[0]?.toUpperCase() === word;
  const skip = (word: string): void => {
    const got = next();
    if (got.toUpperCase() !== word) throw notModelled(`${got} where ${word} is due in ${query}`);
  };
  const value = (): Value => {
    const text = next();
    return text.startsWith("'") ? text.slice(1) : Number(text);
  };
  const list = (): Value[] => {
    skip('(');
    const values = [value()];
    while (isNext(',')) {
      next();
      values.push(value());
    }
    skip(')');
    return values;
  };
  const either = (): Test => {
    let test = both();
    while (isNext('OR')) {
      next();
      const [one, other] = [test, both()];
      test = (run) => one(run) || other(run);
    }
    return test;
  };
  const both = (): Test => {
    let test = single();
    while (isNext('AND')) {
      next();
      const [one, other] = [test, single()];
      test = (run) => one(run) && other(run);
    }
    return test;
  };
  const single = (): Test => {
    if (isNext('(')) {
      next();
      const test = either();
      skip(')');
      return test;
    }
    const field = next();
    const isNone = isNext('NOT');
    if (isNone) next();
    const operator = next().toUpperCase();
    if (operator === 'BETWEEN') {
      const from = value();
      skip('AND');
      const to = value();
      return (run) => isWithin(fieldOf(run, field), from, to);
    }
    if (operator === 'IS') {
      const isNegated = isNext('NOT');
      if (isNegated) next();
      skip('NULL');
      return (run) => (fieldOf(run, field) === null) !== isNegated;
    }
    const compares = ORDERS[operator];
    if (compares) {
      const limit = placeOf(value());
      return (run) => compares(placeOf(fieldOf(run, field)), limit);
    }
    const wanted = operator === 'IN' ? list() : [value()];
    if (!['IN', '=', '!='].includes(operator)) throw notModelled(`${operator} in ${query}`);
    const isWanted = operator !== '!=' && !isNone;
    // As in SQL, what is not there is neither one of them nor another.
    return (run) => {
      const found = fieldOf(run, field);
      return found !== null && wanted.includes(found) === isWanted;
    };
  };
  const test = query.trim() === '' ? () => true : either();
  if (tokens.length > 0) throw notModelled(`${tokens.join(' ')} in ${query}`);
  return test;
}

function tokensOf(query: string, notModelled: (what: string) => Error): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < query.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(query);
    if (!found) throw notModelled(query.slice(at));
    const [, sign, text, word, number] = found;
    tokens.push(text !== undefined ? `'${text}` : (sign ?? word ?? number ?? ''));
  }
  return tokens;
}

function isWithin(value: Value | null, from: Value, to: Value): boolean {
  const place = placeOf(value);
  return place >= placeOf(from) && place <= placeOf(to);
}

/** What has an order: a number, or a time in ms; nothing compares with what is not there. */
function placeOf(value: Value | null): number {
  return typeof value === 'number' ? value : Date.parse(value ?? '');
}

const ORDERS: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
};

const STATUS: Readonly<Record<Run['status'], string>> = {
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Canceled',
  TERMINATED: 'Terminated',
  TIMED_OUT: 'TimedOut',
  CONTINUED_AS_NEW: 'ContinuedAsNew',
};

function fieldOf(run: Run, field: string): Value | null {
  const fixed: Record<string, string | undefined> = {
    StartTime: timeOf(run.beganMs),
    CloseTime: timeOf(run.closedMs),
    WorkflowType: run.info.workflowType,
    WorkflowId: run.info.workflowId,
    RunId: run.info.runId,
    ExecutionStatus: STATUS[run.status],
  };
  const found = Object.hasOwn(fixed, field) ? fixed[field] : decoded(run.attributes[field]);
  if (found === undefined || found === null) return null;
  if (found instanceof Date) return found.toISOString();
  return typeof found === 'number' ? found : typeof found === 'string' ? found : JSON.stringify(found);
}

function timeOf(ms: number | null): string | undefined {
  return ms === null ? undefined : new Date(ms).toISOString();
}
