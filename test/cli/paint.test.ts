import { statusText } from '../../src/cli/format/paint';

test.each([
  ['confirmed', '<green>confirmed'],
  ['awaiting_confirmation', 'awaiting confirmation'],
  ['constructor', 'constructor'],
  ['__proto__', '  proto  '],
])('the status %s is shown as %p', (status, shown) => {
  expect(statusText(status, (colour, text) => `<${colour}>${text}`)).toBe(shown);
});
