import { LEFT_OUT, noticeOnce } from '../../src/providers/once';

function listening() {
  const logged: object[] = [];
  return { logged, notice: noticeOnce({ warn: (facts: object) => void logged.push(facts) }) };
}

test('a value is told once, each value of each field', () => {
  const { logged, notice } = listening();
  for (const value of ['no_show', 'no_show', 'moved']) notice('appointment.status', value);
  notice('order.kind', 'moved');
  expect(logged).toEqual([
    { field: 'appointment.status', value: 'no_show' },
    { field: 'appointment.status', value: 'moved' },
    { field: 'order.kind', value: 'moved' },
  ]);
});

test('what is no plain word may be data of a patient and is not written down', () => {
  const { logged, notice } = listening();
  notice('appointment.provider', 'Ana Reyes, 1984');
  expect(logged).toEqual([{ field: 'appointment.provider', value: '(not a plain word)' }]);
});

test('a provider that sends ever new values does not fill the log', () => {
  const { logged, notice } = listening();
  for (let n = 0; n < 5_000; n++) notice('order.kind', `kind${n}`);
  expect(logged).toHaveLength(1_000);
});

test('a field that is left out is told once, without a value, and however much else was told', () => {
  const { logged, notice } = listening();
  for (let n = 0; n < 1_000; n++) notice('order.kind', `kind${n}`);
  for (let n = 0; n < 3; n++) notice('slot.start', LEFT_OUT);
  expect(logged.slice(1_000)).toEqual([{ field: 'slot.start' }]);
});
