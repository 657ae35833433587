import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail } from './error';

/** Checks settings that name files and folders. */

/** Returns the folder. Refuses one that is a file, or would lie below a file. A missing folder is made later. */
export function checkFolder(name: string, path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return statSync(folder).isDirectory() ? path : fail(name, 'must be a folder, and there is a file');
}

/** A certificate in PEM. OpenSSL writes two other labels as well. */
const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;

/** Refuses a path that is not a file of certificates. Node would go on without, and calls that need them would fail. */
export function checkCertificates(name: string, path: string | undefined): void {
  if (!path) return;
  const right = 'must name a file of certificates in PEM';
  if (!CERTIFICATE.test(textOf(path) ?? fail(name, `${right}, and there is none that can be read`)))
    fail(name, right);
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
