import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Of a database in a file: the file itself, and what is written but not yet merged into it. A journal comes and goes. */
const KEPT = ['temporal.db', 'temporal.db-wal'];

/** How large the server's database is, in bytes. */
export async function databaseBytes(dataDir: string): Promise<number> {
  const names = (await readdir(dataDir)).filter((name) => KEPT.includes(name));
  if (names.length === 0) throw new Error('The server has no database there.');
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(dataDir, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
