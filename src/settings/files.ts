import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail } from './error';

/** Settings that name files and folders. */

/** The folder itself. Refuses one that is a file, or would lie below a file; one that is not there yet is made later. */
export function checkFolder(name: string, path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return statSync(folder).isDirectory() ? path : fail(name, 'must be a folder, and there is a file');
}

/** Certificates as PEM; OpenSSL writes two other labels as well. */
const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;

/** Refuses what is no file of certificates: Node goes on without, and every call to a host that needs them fails. */
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
