import { z } from 'zod';
import { PROVIDERS } from '../vendors';
import { requestFields } from './request-form';

export * from './request-form';

/**
 * One shape for all providers: provider-rules.ts checks which fields each provider takes and needs. Workflows take the
 * types only.
 */
export const requestSchema = z.strictObject({ provider: z.enum(PROVIDERS), ...requestFields });

export type BookingRequest = z.infer<typeof requestSchema>;
