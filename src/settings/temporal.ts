import { existsSync } from 'node:fs';
import { grpcFault } from './addresses';
import { fail } from './error';
import { type Env, settingsOf } from './read';
import { credentialFault, headerFault, plainFault, type Fault } from './text';

/**
 * Checks the TEMPORAL_* settings. The SDK's environment configuration reads them, and silently misreads wrong values.
 */

const RULES: Readonly<Record<string, (value: string) => Fault>> = {
  TEMPORAL_ADDRESS: grpcFault,
  TEMPORAL_NAMESPACE: plainFault,
  TEMPORAL_API_KEY: credentialFault,
  TEMPORAL_TLS: boolFault,
  TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: boolFault,
};

const METADATA = 'TEMPORAL_GRPC_META_';

/** Refuses Temporal settings that the SDK would accept but that cannot be right. */
export function checkTemporal(env: Env): void {
  for (const [name, value] of Object.entries(env)) {
    const rule = name.startsWith(METADATA) ? headerFault : RULES[name];
    const fault = value && rule ? rule(value) : null;
    if (fault) fail(name, fault);
  }
  if (has(env, 'TEMPORAL_TLS_CLIENT_CERT') !== has(env, 'TEMPORAL_TLS_CLIENT_KEY')) {
    fail('TEMPORAL_TLS_CLIENT_*', 'needs both, a certificate and its key');
  }
}

function has(env: Env, name: string): boolean {
  return Boolean(env[`${name}_PATH`] ?? env[`${name}_DATA`]);
}

/** Refuses any other word, because the SDK would read it as "no". */
function boolFault(value: string): Fault {
  return ['0', '1', 'true', 'false'].includes(value) ? null : 'must be true or false, 1 or 0';
}

/** Returns, in words for the log, what looks wrong but may be right. */
export function temporalWarnings({ TEMPORAL_CONFIG_FILE: file }: Env): string[] {
  return file && !existsSync(file) ? ['TEMPORAL_CONFIG_FILE: there is no such file, and none is read'] : [];
}

/**
 * Returns the TEMPORAL_* settings for the SDK: checked, trimmed, and without empty ones, which it would read as a value
 * (an empty API key switches TLS on). Empty has a meaning of its own only for metadata (it is removed) and for the
 * config file (it is not read).
 */
export function temporalSettings(env: Env): Record<string, string> {
  const settings = settingsOf(env);
  checkTemporal(settings);
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const isEmptyOnPurpose = value === '' && (name.startsWith(METADATA) || name === 'TEMPORAL_CONFIG_FILE');
    const text = name.startsWith('TEMPORAL_') ? settings[name] : value;
    if (text || isEmptyOnPurpose) kept[name] = text ?? '';
  }
  return kept;
}
