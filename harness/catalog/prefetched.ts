import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrefetchInput } from './konflux/prefetch-input.ts';
import { insideRoot } from './paths.ts';
import type { Subject } from './types.ts';

/** Names in the folder that a user hands over, as Konflux mounts them below `/cachi2`. */
const OUTPUT = 'output';
const ENVIRONMENT = 'cachi2.env';

/**
 * What Hermeto fetched for one subject of a discovered checkout, or what of it is missing.
 * @param folder holds a folder for each `<image>/<variant>`
 */
export async function findPrefetch(
  inputs: readonly PrefetchInput[],
  { folder, name }: { folder: string | undefined; name: string },
): Promise<Pick<Subject, 'prefetch' | 'missing'>> {
  const [first] = inputs;
  if (first === undefined) return {};
  const own = folder === undefined ? null : await ownFolder(folder, name);
  if (own !== null) return { prefetch: own };
  const types = [...new Set(inputs.map(({ type }) => type))].join(', ');
  return {
    missing: {
      place: first.place,
      text: `what Hermeto fetches for ${types} is not there`,
      hint:
        folder === undefined
          ? 'fetch it with Hermeto and name the folder with --prefetched; docs/hummingbird.md says how'
          : `${join(folder, name, OUTPUT)} is no folder`,
    },
  };
}

async function ownFolder(folder: string, name: string): Promise<NonNullable<Subject['prefetch']> | null> {
  const root = await realpath(folder).catch(() => null);
  if (root === null) return null;
  const output = await insideRoot(root, join(name, OUTPUT), 'folder');
  if ('fault' in output) return null;
  const environment = await insideRoot(root, join(name, ENVIRONMENT), 'file');
  return { output: output.path, environment: 'path' in environment ? environment.path : null };
}
