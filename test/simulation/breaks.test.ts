import { workflowBundle } from '../../src/temporal/worker';
import { BREAKS } from './breaks';
import { codeOf } from './stage';

/** The breaks name what they break by its text: one that the bundle has no more would break nothing. */

let code: string;
beforeAll(async () => {
  code = codeOf(await workflowBundle());
}, 60_000);

const IN_THE_BUNDLE = Object.entries(BREAKS).flatMap(([name, { bundle }]) =>
  bundle ? [[name, bundle] as const] : [],
);

test('some rules are broken in the bundle', () => {
  expect(IN_THE_BUNDLE.length).toBeGreaterThan(5);
});

test.each(IN_THE_BUNDLE)('the bundle still has the rule to break: %s', (_name, broken) => {
  expect(broken(code)).not.toBe(code);
});
