import { expectReadOnce } from './costs';

test('what is read over and over is noticed, and what is read once over is not', () => {
  const reading = (end: RegExp) => (length: number) => {
    const text = `a${' '.repeat(length)}b`;
    return () => end.test(text);
  };
  expect(() => expectReadOnce(reading(/ +$/), 16_000)).toThrow('toBeLessThan');
  expect(() => expectReadOnce(reading(/b$/), 16_000)).not.toThrow();
});
