import type { Digests } from './digests.ts';
import { harmlessConfigs } from './harmless.ts';
import type { KernelArguments } from './kernel-arguments.ts';

/** A file with its sha256 in the old and the new image; null where it is not in it. */
export interface FileChange {
  /** Absolute. */
  path: string;
  before: string | null;
  after: string | null;
}

/** Who changes a default in /etc, or adds to it. */
export type EtcCase = 'image' | 'user' | 'both' | 'removed-by-user' | 'added-by-user';

/** With the defaults of the two images. */
export interface EtcFile extends FileChange {
  who: EtcCase;
}

/** What is looked at while a system is updated from one image to another. */
export interface UpdatePlan {
  usr: FileChange[];
  etc: EtcFile[];
  /** Null where the family takes none from an image. */
  kernel: KernelArguments | null;
  /** Cases that these two images have no files for. */
  untried: EtcCase[];
}

/** Files looked at below /usr; they are asked for one by one in a slow machine. */
const MOST = 40;
/** A guest's shell gets these paths in single quotes. */
const PLAIN = /^[\w./@:+-]{1,200}$/;
const ADDED = '/etc/added-by-user.conf';

/** Finds files to tell the two images apart by, and files for each of the ways in which /etc is merged. */
export function planUpdate(from: Digests, to: Digests, kernel: KernelArguments | null): UpdatePlan {
  const changes = changesBelow('usr/', from, to);
  const inEtc = changesBelow('etc/', from, to).filter(
    ({ before, after }) => before !== null && after !== null,
  );
  const harmless = new Set(harmlessConfigs(from.keys()).map((path) => `/${path}`));
  const [first, both] = inEtc.filter(({ path }) => harmless.has(path));
  const image = first ?? inEtc[0];
  const unchanged = [...harmless].filter((path) => inEtc.every((change) => change.path !== path));
  const found: [EtcCase, string | undefined][] = [
    ['image', image?.path],
    ['user', unchanged[0]],
    ['both', both?.path],
    ['removed-by-user', unchanged[1]],
    ['added-by-user', ADDED],
  ];
  return {
    usr: changes.slice(0, MOST),
    etc: found.flatMap(([who, path]) => (path === undefined ? [] : [{ who, ...changeOf(path, from, to) }])),
    kernel,
    untried: found.flatMap(([who, path]) => (path === undefined ? [who] : [])),
  };
}

function changesBelow(folder: string, from: Digests, to: Digests): FileChange[] {
  const paths = [...new Set([...from.keys(), ...to.keys()])];
  return paths
    .filter((path) => path.startsWith(folder) && PLAIN.test(path))
    .map((path) => changeOf(`/${path}`, from, to))
    .filter(({ before, after }) => before !== after)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const changeOf = (path: string, from: Digests, to: Digests): FileChange => ({
  path,
  before: from.get(path.slice(1)) ?? null,
  after: to.get(path.slice(1)) ?? null,
});
