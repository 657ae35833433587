import { differenceOf, likenessOf } from './compare';
import type { Outcome } from './play';

const BEGIN = [
  'WorkflowExecutionStarted',
  'WorkflowTaskScheduled',
  'WorkflowTaskStarted',
  'WorkflowTaskCompleted',
];
const TRY = [
  'ActivityTaskScheduled lookUp',
  'ActivityTaskFailed lookUp',
  'WorkflowTaskCompleted',
  'TimerStarted',
];
const DONE = ['ActivityTaskScheduled lookUp', 'ActivityTaskCompleted lookUp'];

function outcome(events: readonly string[], end: object = {}): Outcome {
  return { histories: [[...events]], end };
}

const told = outcome([...BEGIN, ...TRY, ...TRY, ...DONE], { status: 'cancelled' });

test('the same is equal', () => {
  expect(likenessOf(told, structuredClone(told))).toBe('equal');
});

test.each<[name: string, events: string[]]>([
  [
    'a task that brings no command',
    ['WorkflowTaskScheduled', 'WorkflowTaskCompleted', 'WorkflowTaskScheduled'],
  ],
  ['whether a poll that was given up was under way', ['ActivityTaskStarted awaitOrderChange']],
  ['what became of that poll', ['ActivityTaskCanceled awaitOrderChange']],
])('%s makes no difference', (_name, more) => {
  const events = told.histories?.[0] ?? [];
  expect(likenessOf(told, outcome([...events, ...more], told.end))).toBe('equal');
});

test('one try more is equal but for tries', () => {
  const other = outcome([...BEGIN, ...TRY, ...TRY, ...TRY, ...DONE], told.end);
  expect(likenessOf(told, other)).toBe('equal but for tries');
});

test.each<[name: string, other: Outcome]>([
  ['another end', outcome(told.histories?.[0] ?? [], { status: 'failed' })],
  ['a command less', outcome([...BEGIN, ...TRY, ...TRY], told.end)],
  ['no try', outcome([...BEGIN, ...DONE], told.end)],
  ['another order', outcome([...BEGIN, ...DONE, ...TRY, ...TRY], told.end)],
  [
    'another activity',
    outcome([...BEGIN, ...TRY, ...TRY, 'ActivityTaskScheduled bookSlot', DONE[1] ?? ''], told.end),
  ],
  ['another run', { histories: [...(told.histories ?? []), BEGIN], end: told.end }],
  ['commands of two tasks in one', outcome([...BEGIN.slice(0, 1), ...TRY, ...TRY, ...DONE], told.end)],
])('%s is different', (_name, other) => {
  expect(likenessOf(told, other)).toBe('different');
});

test('a difference shows where they part, the real one first', () => {
  const shown = differenceOf(told, outcome([...BEGIN, ...TRY, ...TRY], told.end));
  expect(shown.indexOf('on the real server')).toBeLessThan(shown.indexOf('in the simulator'));
  expect(shown).toContain('> ActivityTaskScheduled lookUp\n    > ActivityTaskCompleted lookUp');
});
