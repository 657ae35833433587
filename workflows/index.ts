/** The workflow types that this project's workers run; the names are public. */
export { audit } from './ops/audit';
export { booking } from './booking';
export { bulk } from './ops/bulk';
export { cleanup } from './cleanup';
export { slots } from './slots';
export { sweep } from './ops/sweep';
