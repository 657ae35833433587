/** The activities of this project, by the queue that they run on. */
export { createAuditActivities, createProviderAuditActivities, type AuditWork } from './audit';
export { createOpsActivities, type OpsWork } from './ops';
export { createClaimActivities, type ClaimWork } from './claims';
export { createCoreActivities, type CoreOptions } from './core';
export { createProviderActivities, type ProviderActivitiesOptions } from './provider';
