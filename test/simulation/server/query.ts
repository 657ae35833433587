import { decoded } from './payloads';
import type { Run } from './run';

/** The part of Temporal's list filter that this project uses: comparisons, IN, BETWEEN, IS [NOT] NULL, AND, OR, brackets. */

type Test = (run: Run) => boolean;
type Value = string | number;

const TOKEN = /\s*(?:(\(|\)|,|!=|>=|<=|=|>|<)|'((?:[^']|'')*)'|([A-Za-z_][A-Za-z0-9_]*)|(-?\d+))/y;

/** What a query asks. Throws "not modelled" for what it does not know. */
export function testOf(query: string): Test {
  const tokens = tokensOf(query);
  const next = (): string => tokens.shift() ?? '';
  const isNext = (word: string): boolean => tokens[0]?.toUpperCase() === word;
  const skip = (word: string): void => {
    const got = next();
    if (got.toUpperCase() !== word) throw new Error(`not modelled: ${got} where ${word} is due in ${query}`);
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
    const order = ORDERS[operator];
    if (order) {
      const limit = value();
      return (run) => isInOrder(fieldOf(run, field), limit, order);
    }
    const wanted = operator === 'IN' ? list() : [value()];
    if (!['IN', '=', '!='].includes(operator)) throw new Error(`not modelled: ${operator} in ${query}`);
    return (run) => wanted.includes(fieldOf(run, field) ?? '') === (operator !== '!=');
  };
  const test = query.trim() === '' ? () => true : either();
  if (tokens.length > 0) throw new Error(`not modelled: ${tokens.join(' ')} in ${query}`);
  return test;
}

function tokensOf(query: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < query.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(query);
    if (!found) throw new Error(`not modelled: ${query.slice(at)}`);
    const [, sign, text, word, number] = found;
    tokens.push(text !== undefined ? `'${text}` : (sign ?? word ?? number ?? ''));
  }
  return tokens;
}

const ORDERS: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  '>=': (one, other) => one >= other,
  '>': (one, other) => one > other,
  '<=': (one, other) => one <= other,
  '<': (one, other) => one < other,
};

/** Of times, as this project asks: what has none is in no order. */
function isInOrder(
  value: Value | null,
  limit: Value,
  order: (one: number, other: number) => boolean,
): boolean {
  return value !== null && order(Date.parse(String(value)), Date.parse(String(limit)));
}

function isWithin(value: Value | null, from: Value, to: Value): boolean {
  if (value === null) return false;
  const ms = Date.parse(String(value));
  return ms >= Date.parse(String(from)) && ms <= Date.parse(String(to));
}

const STATUS: Readonly<Record<Run['status'], string>> = {
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Canceled',
  TERMINATED: 'Terminated',
  CONTINUED_AS_NEW: 'ContinuedAsNew',
};

function fieldOf(run: Run, field: string): Value | null {
  const { closedMs } = run;
  const fixed: Record<string, string | null> = {
    WorkflowType: run.info.workflowType,
    WorkflowId: run.info.workflowId,
    RunId: run.info.runId,
    ExecutionStatus: STATUS[run.status],
    StartTime: new Date(run.info.startMs).toISOString(),
    CloseTime: closedMs === null ? null : new Date(closedMs).toISOString(),
  };
  const found = Object.hasOwn(fixed, field) ? fixed[field] : decoded(run.attributes[field]);
  if (found === undefined || found === null) return null;
  if (found instanceof Date) return found.toISOString();
  return typeof found === 'number' ? found : typeof found === 'string' ? found : JSON.stringify(found);
}
