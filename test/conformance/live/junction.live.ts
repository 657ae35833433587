import { describeLive, findingsAsText } from './live';
import { targetOf } from './target';

/** `npm run test:live`: the safe part of the kit against Junction's real sandbox. */

const found = targetOf(process.env);

if ('target' in found) {
  describeLive(
    () => Promise.resolve(found.target),
    (findings) => void process.stdout.write(`${findingsAsText(findings)}\n`),
  );
} else {
  process.stdout.write(`skipped: ${found.skipped}\n`);
  test.skip(`Junction's real sandbox: ${found.skipped}`, () => undefined);
}
