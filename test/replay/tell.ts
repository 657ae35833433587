import { writeTold } from './told';

/** Part of `npm run docs`: writes what `explain` says of each golden history beside it. */
writeTold().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`);
  process.exitCode = 1;
});
