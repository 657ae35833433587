/** The activities of this project, by the queue that they run on. */
export { createAuditActivities, createProviderAuditActivities, type AuditWork } from './audit';
export { createCareActivities, type CareWork } from './care';
export { createClaimActivities, type ClaimWork } from './claims';
export { createCoreActivities, type CoreOptions } from './core';
export { createProviderActivities, type ProviderActivitiesOptions } from './provider';
