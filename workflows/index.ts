/** The workflow types that this project's workers run; the names are public. */
export { booking } from './booking';
export { cleanup } from './cleanup';
export { slots } from './slots';
export { sweep } from './sweep';
