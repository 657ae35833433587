import type { Scene } from './scene';
import { AT_A_PRACTICE } from './scenes/at-a-practice';
import { AT_HOME } from './scenes/at-home';
import { CONFIRMED } from './scenes/confirmed';
import { OTHER_WAYS } from './scenes/other-ways';

/** The scenes of the demo, in the order of its table. */
export const SCENES: readonly Scene[] = [...AT_HOME, ...CONFIRMED, ...OTHER_WAYS, ...AT_A_PRACTICE];
