import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENTS, filled } from './blocks';

/** `npm run docs`: writes the tables of the code into the documents. */
for (const name of DOCUMENTS) {
  const path = join(process.cwd(), name);
  const text = readFileSync(path, 'utf8');
  const fresh = filled(text, process.cwd());
  if (fresh !== text) writeFileSync(path, fresh);
  process.stdout.write(`${name}: ${fresh === text ? 'as it is' : 'written'}\n`);
}
