import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CHECKOUT } from './child.mjs';

/** A checksum over files and whole folders, by content; what does not exist counts as absent. */
export function fingerprint(paths, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const path of paths.flatMap((each) => filesIn(join(CHECKOUT, each)))) {
    hash.update(`\n${relative(CHECKOUT, path)}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Whether the stamp says that this was done for exactly these files. */
export function isStamped(stamp, print) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === print;
}

export function writeStamp(stamp, print) {
  writeFileSync(stamp, print);
}

/** Every file under a path, in order; none where there is nothing. */
export function filesIn(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
