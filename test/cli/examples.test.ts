import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRequest, requestErrors } from '../../src/booking/schema/check-request';
import { valueAt } from '../../src/booking/schema/field-error';

const FOLDER = 'examples';
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

const TODAYS = [
  '2026-11-21T12:00:00Z',
  // A leap day, the last of a year, days on which clocks change, and both ends of a UTC day.
  '2028-02-28T23:59:59Z',
  '2026-12-31T00:00:00Z',
  '2027-03-14T09:30:00Z',
  '2027-11-07T05:30:00Z',
  '2031-06-15T23:59:59Z',
];

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
}

describe('the examples', () => {
  it.each(FILES.flatMap((file) => TODAYS.map((today) => [file, today] as const)))(
    '%s is a valid request on %s',
    (file, today) => {
      const context = { now: new Date(today) };
      expect(requestErrors(read(file), context)).toEqual([]);
      const [window] = parseRequest(read(file), context).windows ?? [];
      expect(window && window.from > today.slice(0, 10)).toBe(true);
    },
  );

  it('are all explained, and the placeholders with them', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    for (const file of FILES) {
      const row = readme.split(/\n(?=- )/).find((item) => item.includes(`[${file}]`));
      expect(row).toBeDefined();
      if (valueAt(read(file), 'order.id') !== undefined) expect(row).toContain('`order.id`');
    }
  });

  // A provider refuses a patient who has a live appointment already.
  it.each(['reference', 'patient.userId'])('differ in %s, so that they can run side by side', (field) => {
    const values = FILES.map((file) => valueAt(read(file), field)).filter((value) => value !== undefined);
    expect(values.length).toBeGreaterThan(1);
    expect(new Set(values).size).toBe(values.length);
  });
});
