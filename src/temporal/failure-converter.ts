import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts a failure's message and stack trace into its payload, where the codec encrypts them; otherwise they are plain
 * text. It is loaded by path, also into the workflow bundle, so it imports nothing else.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
