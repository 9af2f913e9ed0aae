import { createHash } from 'node:crypto';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Subject } from '../catalog/types.ts';
import { digestOfFile, sha256 } from '../model/digest.ts';

/**
 * Digest of all that a recipe is made of: its settings, its Containerfile and every file of its context and of what was
 * fetched for it (path, type, permissions, content; not times). `.git` is left out: it changes without the source changing.
 * @returns `sha256:<hex>`
 */
export async function sourceDigest(subject: Subject, treeDigest = digestTree): Promise<string> {
  const { recipe, sourceDateEpoch, platform, exemptions, prefetch } = subject;
  const settings =
    recipe.kind === 'command'
      ? { kind: recipe.kind, command: recipe.command, environment: recipe.environment }
      : {
          kind: recipe.kind,
          buildArgs: recipe.buildArgs,
          target: recipe.target,
          timestamps: recipe.timestamps,
          history: recipe.history,
          privileges: recipe.privileges,
        };
  // What is allowed decides the verdict.
  const allowed = exemptions === undefined ? {} : { exemptions };
  const files = await Promise.all([
    treeDigest(recipe.context),
    recipe.kind === 'containerfile' ? treeDigest(recipe.containerfile) : null,
  ]);
  const fetched =
    prefetch === undefined
      ? {}
      : {
          fetched: [
            await treeDigest(prefetch.output),
            prefetch.environment === null ? null : await treeDigest(prefetch.environment),
          ],
        };
  return sha256(JSON.stringify({ settings, sourceDateEpoch, platform, files, ...fetched, ...allowed }));
}

/** Digest of a file or folder with everything in it. */
export async function digestTree(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const line of describe(path, '')) hash.update(`${line}\n`);
  return `sha256:${hash.digest('hex')}`;
}

async function* describe(root: string, name: string): AsyncIterable<string> {
  const path = join(root, name);
  const stats = await lstat(path);
  const mode = (stats.mode & 0o777).toString(8);
  if (stats.isSymbolicLink()) {
    yield JSON.stringify([name, 'symlink', await readlink(path)]);
  } else if (stats.isDirectory()) {
    yield JSON.stringify([name, 'directory', mode]);
    for (const child of (await readdir(path)).sort()) {
      if (child !== '.git') yield* describe(root, join(name, child));
    }
  } else if (stats.isFile()) {
    yield JSON.stringify([name, 'file', mode, (await digestOfFile(path)).replace('sha256:', '')]);
  }
}
