import { instructions } from '../../compare/instruction.ts';
import { compareText } from '../../model/text-order.ts';
import { eachContent } from '../../oci/layers/files.ts';
import { nameText } from '../../oci/names.ts';
import type { Json, OciImage } from '../../oci/types.ts';
import { findOwners, isOwnershipPath } from '../../packages/owners.ts';
import { hardeningTable, type Hardening, type HardeningTable } from '../hardening.ts';
import { asObject, configFindings } from './config-findings.ts';
import { openAccounts, runtimeUser } from './accounts.ts';
import { follow } from './follow.ts';
import { recordKey } from '../../oci/layers/records.ts';
import { scanImage, type ScannedImage } from './scan.ts';
import { treeFindings, type Raw } from './tree-checks.ts';
import type { ContentsFinding, FindingKind, Policy } from './types.ts';

const MOST_ACCOUNT_BYTES = 16 * 1024 * 1024;
const PASSWORDS = ['etc/passwd', 'etc/shadow'];
const ACCOUNTS = [...PASSWORDS, 'etc/group'];
const isWanted = (path: string): boolean => isOwnershipPath(path) || ACCOUNTS.includes(path);
/** Folders in which a program is found by its name (FHS 3.0; PATH of container engines). */
const USUAL_PATH = '/bin:/sbin:/usr/bin:/usr/sbin:/usr/local/bin:/usr/local/sbin';

export interface MinimalResult {
  /** Sorted by kind as they are declared, then by path. */
  findings: ContentsFinding[];
  /** Files of which nothing can be said. */
  unseen: { path: string; why: string }[];
  /** Of the programs and libraries that the image shows, each counted once. */
  hardening: HardeningTable;
}

/**
 * What of an image is against a policy.
 * @throws TwinproofError image-invalid, unsupported
 */
export async function checkMinimal(image: OciImage, policy: Policy): Promise<MinimalResult> {
  const scanned = await scanImage(image, isWanted);
  const { User, Env } = asObject(image.config.json.config);
  const accounts = await accountFiles(image, scanned);
  const [passwd = '', , group = ''] = accounts;
  const user = runtimeUser(typeof User === 'string' ? User : '', { passwd, group });
  const isCounted = ({ kind }: { kind: FindingKind }): boolean => !policy.allowed.includes(kind);
  const raw = treeFindings(scanned, { user, policy, searched: searchedFolders(Env) }).filter(isCounted);
  const made = instructions(image);
  const owners = ownersOf(scanned, raw);
  const inTree = raw.map(({ kind, path, what, layer }): ContentsFinding => {
    const instruction = made[layer] ?? null;
    return { kind, path: nameText(path), what, layer, instruction, owner: owners.get(path)?.name ?? null };
  });
  const elsewhere = [...accountFindings(accounts), ...configFindings(image, user.fault)];
  const findings = [...inTree, ...elsewhere.filter(isCounted)];
  return {
    findings: findings.toSorted((a, b) => compareText(a.kind, b.kind) || compareText(a.path, b.path)),
    unseen: unseenFiles(scanned, policy),
    hardening: hardeningTable(hardened(scanned)),
  };
}

/** Programs and libraries by the first of their paths. */
function* hardened({ tree, facts }: ScannedImage): Generator<[path: string, Hardening]> {
  const seen = new Set<number>();
  for (const number of tree.shown()) {
    const key = recordKey(tree.records.get(tree.inode(number)));
    const found = facts.get(key)?.hardening ?? null;
    if (found === null || seen.has(key)) continue;
    seen.add(key);
    yield [nameText(tree.paths.text(number)), found];
  }
}

/** A packed program may be any, unless any is allowed; one that a later layer hides is none. */
function unseenFiles({ tree, tooLarge, packed }: ScannedImage, { allowed }: Policy): MinimalResult['unseen'] {
  const shown = new Set([...tree.shown()].map((number) => recordKey(tree.records.get(tree.inode(number)))));
  const matters = !(['shell', 'package-manager'] as const).every((kind) => allowed.includes(kind));
  const hiding = packed.filter((record) => matters && shown.has(recordKey(record)));
  return [
    ...tooLarge.map(({ path }) => ({ path: nameText(path), why: 'too large' })),
    ...hiding.map(({ path }) => ({ path: nameText(path), why: 'packed by UPX' })),
  ];
}

function searchedFolders(env: Json | undefined): ReadonlySet<string> {
  const pairs = (Array.isArray(env) ? env : []).filter((pair) => typeof pair === 'string');
  const own = pairs.filter((pair) => pair.startsWith('PATH=')).map((pair) => pair.slice(5));
  const folders = [USUAL_PATH, ...own].join(':').split(':');
  return new Set(folders.map((folder) => folder.replaceAll(/^\/+|\/+$/g, '')));
}

/** The files of accounts as the image shows them, through links; empty where one is not there. */
async function accountFiles(image: OciImage, { tree, kept }: ScannedImage): Promise<string[]> {
  const inodes = ACCOUNTS.map((path) => {
    const target = follow(tree, path);
    const inode = target === null ? undefined : tree.fileAt(target)?.read().inode;
    return inode?.type === 'file' && inode.size <= MOST_ACCOUNT_BYTES ? inode : undefined;
  });
  const contents = new Map(kept);
  // What a link leads to has another name, and was not kept.
  const others = inodes.flatMap((inode) =>
    inode === undefined || contents.has(recordKey(inode)) ? [] : [inode],
  );
  await eachContent(image, others, (record, content) =>
    contents.set(recordKey(record), Buffer.from(content)),
  );
  return inodes.map((inode) =>
    inode === undefined ? '' : (contents.get(recordKey(inode))?.toString('latin1') ?? ''),
  );
}

function ownersOf(scanned: ScannedImage, raw: readonly Raw[]): ReturnType<typeof findOwners> {
  const { tree, kept } = scanned;
  const files = new Map<string, Buffer>();
  for (const number of tree.shown()) {
    const path = nameText(tree.paths.text(number));
    const content = isOwnershipPath(path)
      ? kept.get(recordKey(tree.records.get(tree.inode(number))))
      : undefined;
    if (content !== undefined) files.set(path, content);
  }
  return findOwners(
    [...files.keys()],
    (path) => files.get(path) ?? null,
    new Set(raw.map(({ path }) => path)),
  );
}

const accountFindings = (accounts: readonly string[]): ContentsFinding[] =>
  PASSWORDS.flatMap((path, at) =>
    openAccounts(accounts[at] ?? '').map(({ kind, what }) => ({
      ...{ layer: null, instruction: null, owner: null },
      ...{ kind, path, what: nameText(what) },
    })),
  );
