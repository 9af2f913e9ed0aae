import { TwinproofError } from '../../errors.ts';
import { readFiles } from '../../oci/layers/files.ts';
import type { MergedTree } from '../../oci/layers/tree.ts';
import type { OciImage } from '../../oci/types.ts';
import {
  BESIDE_TRANSFERS,
  NotFollowed,
  PARTS,
  type Part,
  TRANSFERS,
  type Transfer,
  parseTransfers,
} from './transfers.ts';
import { parseUnitFile } from './unit-file.ts';

/** How an image for two slots is updated by a tool of its own. */
export interface Slots {
  /** Path of the updater, without a leading slash. */
  updater: string;
  /** What installs the parts of a release. */
  transfers: ReadonlyMap<Part, Transfer>;
}

/** What the parts of one release are called. */
export interface Named {
  version: string;
  /** Where they are installed: the name of a partition, and paths from the root of the EFI system partition. */
  installed: Record<Part, string>;
  /** Where they are served. */
  served: Record<Part, string>;
}

export const UPDATERS = ['usr/lib/systemd/systemd-sysupdate', 'usr/bin/systemd-sysupdate'];
export const OS_RELEASE = 'usr/lib/os-release';
/** What systemd-sysupdate 257 takes for a version, and what goes into scripts and names. */
const VERSION = /^[\w.+-]{1,60}$/;
/** Letters of a partition's name: UEFI specification, "GPT Partition Entry". */
const LONGEST_LABEL = 36;

/**
 * Finds out how an image for two slots is updated.
 * @returns why nothing of the image's own updates it, where that is so
 */
export async function slotsOf(image: OciImage, tree: MergedTree): Promise<Slots | string> {
  const files = await readFiles(image, (path) => path === OS_RELEASE || TRANSFERS.test(path));
  return slotsIn(files, tree.files);
}

/**
 * The same of files.
 * @param files content by path: os-release(5), and all that `TRANSFERS` names
 * @param paths all that there are of them, of what changes those, and of `UPDATERS`
 */
export function slotsIn(
  files: ReadonlyMap<string, Uint8Array>,
  paths: Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>,
): Slots | string {
  const updater = UPDATERS.find((path) => paths.has(path));
  if (updater === undefined) return 'no tool of the image updates its slots: it has no systemd-sysupdate';
  const about = osRelease(files.get(OS_RELEASE));
  const given = new Map([...files].filter(([path]) => path !== OS_RELEASE));
  try {
    if (given.size === 0) throw new NotFollowed('it has no transfer files');
    const beside = [...paths.keys()].find((path) => BESIDE_TRANSFERS.test(path));
    if (beside !== undefined) throw new NotFollowed(`${beside} changes what they say`);
    const specifiers = new Map([
      ['M', about.get('IMAGE_ID') ?? ''],
      ['o', about.get('ID') ?? ''],
      ['w', about.get('VERSION_ID') ?? ''],
      ['a', 'x86-64'],
    ]);
    const slots = { updater, transfers: parseTransfers(given, specifiers) };
    // It cannot be distinguished from other releases without.
    named(about, slots);
    return slots;
  } catch (error) {
    if (error instanceof NotFollowed || (error instanceof TwinproofError && error.code === 'unsupported'))
      return `what systemd-sysupdate does with the image cannot be followed here: ${error.message}`;
    throw error;
  }
}

/**
 * What a release is called, by its own version.
 * @throws TwinproofError `unsupported` when it has none, or one that cannot be part of a name
 */
export async function nameRelease(image: OciImage, slots: Slots): Promise<Named> {
  const files = await readFiles(image, (path) => path === OS_RELEASE);
  return named(osRelease(files.get(OS_RELEASE)), slots);
}

function named(about: ReadonlyMap<string, string>, { transfers }: Slots): Named {
  const version = about.get('IMAGE_VERSION') ?? '';
  if (!VERSION.test(version))
    throw new TwinproofError(
      'unsupported',
      'its os-release(5) has no IMAGE_VERSION, by which updates are distinguished',
      {
        where: OS_RELEASE,
      },
    );
  const names = (of: 'source' | 'target'): Record<Part, string> =>
    Object.fromEntries(
      PARTS.map((part) => [part, (transfers.get(part)?.[of] ?? '').replaceAll('@v', version)]),
    ) as Record<Part, string>;
  const installed = names('target');
  if (installed.root.length > LONGEST_LABEL)
    throw new TwinproofError('unsupported', `a partition cannot be called ${installed.root}`);
  return { version, installed, served: names('source') };
}

/** os-release(5): assignments as a shell has them, here without escapes. */
function osRelease(bytes: Uint8Array | undefined): Map<string, string> {
  const section =
    parseUnitFile(`[os]\n${Buffer.from(bytes ?? []).toString('utf8')}`).get('os') ??
    new Map<string, string[]>();
  return new Map(
    [...section].map(([key, values]) => [key, (values.at(-1) ?? '').replace(/^(["'])(.*)\1$/, '$2')]),
  );
}
