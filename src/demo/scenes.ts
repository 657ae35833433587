import type { Scene } from './scene';
import { AT_A_PRACTICE } from './scenes/at-a-practice';
import { AT_HOME } from './scenes/at-home';
import { CONFIRMED } from './scenes/confirmed';
import { OTHER_WAYS } from './scenes/other-ways';
import { WITH_A_HOST } from './scenes/with-a-host';

/** The scenes of the demo, in the order of its table. */
export const SCENES: readonly Scene[] = [
  ...AT_HOME,
  ...CONFIRMED,
  ...OTHER_WAYS,
  ...AT_A_PRACTICE,
  ...WITH_A_HOST,
];
