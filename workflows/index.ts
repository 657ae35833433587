/** The workflow types that this project's workers run; the names are public. */
export { audit } from './audit';
export { booking } from './booking';
export { bulk } from './bulk';
export { cleanup } from './cleanup';
export { slots } from './slots';
export { sweep } from './sweep';
