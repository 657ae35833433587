import type { SandboxState } from '../support/sandbox';
import type { Fault } from './faults';

/** One provider call of a booking: the n-th, counted from 1, of its method and path. */
export interface Node {
  method: string;
  path: string;
  nth: number;
}

const ORDER_ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** The calls as nodes, in their order; whatever order they name becomes `{order_id}`. */
export function nodesOf(calls: SandboxState['calls']): Node[] {
  const counts = new Map<string, number>();
  return calls.map(({ method, path: called }) => {
    const path = called.replace(ORDER_ID, '{order_id}');
    const nth = (counts.get(`${method} ${path}`) ?? 0) + 1;
    counts.set(`${method} ${path}`, nth);
    return { method, path, nth };
  });
}

/** Searching is a POST without effect. */
export function isWrite({ method, path }: Node): boolean {
  return method !== 'GET' && !path.endsWith('/availability');
}

/** `<method> <path> #<n>`. */
export function nameOf({ method, path, nth }: Node): string {
  return `${method} ${path} #${nth}`;
}

/** The sandbox's rules that let the calls before the node pass and then spoil it. */
export function rulesFor({ method, path, nth }: Node, { rule }: Fault): Record<string, unknown>[] {
  const passing = nth > 1 ? [{ method, path, times: nth - 1 }] : [];
  return [...passing, { method, path, times: 1, ...rule }];
}

/** The node of a name that `nameOf` makes. */
export function nodeOf(name: string): Node {
  const [method = '', path = '', nth = ''] = name.split(' ');
  return { method, path, nth: Number(nth.slice(1)) };
}
