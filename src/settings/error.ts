/** A setting that is wrong, with its name and what is right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Throws a ConfigError. `why` says what is right and never quotes the value. */
export function fail(name: string, why: string): never {
  throw new ConfigError(`${name}: ${why}`);
}
