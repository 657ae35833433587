import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts a failure's message and stack trace into its payload, where the codec encrypts them: they are plain text
 * otherwise. Loaded by path, also into the workflow bundle, so it imports nothing else.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
