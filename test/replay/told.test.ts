import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readableOf } from '../matrix/patient';
import { goldenHistories } from './histories';
import { toldFile, toldOf } from './told';

/** The golden histories document what bookings do: the text beside each is what `explain` says of it now. */

const ARCHITECTURE = readFileSync(join(resolve(__dirname, '../..'), 'ARCHITECTURE.md'), 'utf8');

describe.each(goldenHistories())('$name', (golden) => {
  const file = toldFile(golden.name);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';

  test('is told beside its history as it is (npm run docs writes it)', async () => {
    expect(text).toBe(await toldOf(golden));
  });

  test('is told to its end, without anything of the patient', () => {
    expect(text).toMatch(/\d\dZ {3}(?:ends \w+|fails: \w+)\n(?: .*\n)*$/);
    expect(readableOf(text)).toEqual([]);
  });

  test('is linked from the architecture', () => {
    expect(ARCHITECTURE).toContain(`(test/histories/${golden.name}.txt)`);
  });
});
