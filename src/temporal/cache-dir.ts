import { homedir } from 'node:os';
import { join } from 'node:path';

/** Returns the folder `booking-saga` under the platform's cache directory for this user. */
export function userCacheDir(env: Record<string, string | undefined> = process.env): string {
  const bases: Record<string, string> = {
    darwin: join(homedir(), 'Library', 'Caches'),
    win32: env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'),
  };
  return join(env.XDG_CACHE_HOME || (bases[process.platform] ?? join(homedir(), '.cache')), 'booking-saga');
}
