import { instructions } from '../../compare/instruction.ts';
import { compareText } from '../../model/text-order.ts';
import { nameText } from '../../oci/names.ts';
import type { Json, OciImage } from '../../oci/types.ts';
import { findOwners, isOwnershipPath } from '../../packages/owners.ts';
import { openAccounts, runtimeUser } from './accounts.ts';
import { follow } from './follow.ts';
import { recordKey } from '../../oci/layers/records.ts';
import { scanImage, type ScannedImage } from './scan.ts';
import { secretVariable, tokenIn } from './secrets.ts';
import { treeFindings, type Raw } from './tree-checks.ts';
import type { ContentsFinding, FindingKind, Policy } from './types.ts';

const ACCOUNTS = ['etc/passwd', 'etc/shadow'];
const isWanted = (path: string): boolean => isOwnershipPath(path) || ACCOUNTS.includes(path);

export interface MinimalResult {
  /** Sorted by kind as they are declared, then by path. */
  findings: ContentsFinding[];
  /** Paths that were too large to be looked at. */
  tooLarge: string[];
}

/**
 * What of an image is against a policy.
 * @throws TwinproofError image-invalid, unsupported
 */
export async function checkMinimal(image: OciImage, policy: Policy): Promise<MinimalResult> {
  const scanned = await scanImage(image, isWanted);
  const config = asObject(image.config.json.config);
  const passwd = textAt(scanned, 'etc/passwd');
  const user = runtimeUser(typeof config.User === 'string' ? config.User : '', passwd);
  const isCounted = ({ kind }: { kind: FindingKind }): boolean => !policy.allowed.includes(kind);
  const raw = treeFindings(scanned, user).filter(isCounted);
  const made = instructions(image);
  const owners = ownersOf(scanned, raw);
  const inTree = raw.map(({ kind, path, what, layer }): ContentsFinding => {
    const instruction = made[layer] ?? null;
    return { kind, path: nameText(path), what, layer, instruction, owner: owners.get(path)?.name ?? null };
  });
  const elsewhere = [...accountFindings(scanned), ...configFindings(image, user.fault)];
  const findings = [...inTree, ...elsewhere.filter(isCounted)];
  return {
    findings: findings.toSorted((a, b) => compareText(a.kind, b.kind) || compareText(a.path, b.path)),
    tooLarge: scanned.tooLarge.map(({ path }) => nameText(path)),
  };
}

const asObject = (value: Json | undefined): Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

/** Content of a file that was kept, through links; empty where it is not there. */
function textAt({ tree, kept }: ScannedImage, path: string): string {
  const target = follow(tree, path);
  const inode = target === null ? undefined : tree.fileAt(target)?.read().inode;
  return inode === undefined ? '' : (kept.get(recordKey(inode))?.toString('latin1') ?? '');
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

const NOWHERE = { layer: null, instruction: null, owner: null };

function accountFindings(scanned: ScannedImage): ContentsFinding[] {
  return ACCOUNTS.flatMap((path) =>
    openAccounts(textAt(scanned, path)).map((name) => ({
      ...NOWHERE,
      kind: 'password' as const,
      path,
      what: `${nameText(name)} needs no password`,
    })),
  );
}

/** Secrets in ENV, LABEL and history, and whom it runs as. */
function configFindings(image: OciImage, userFault: string | null): ContentsFinding[] {
  const { config, history } = image.config.json;
  const { Env, Labels } = asObject(config);
  const found: ContentsFinding[] = [];
  const add = (kind: ContentsFinding['kind'], path: string, what: string | undefined): void => {
    if (what !== undefined) found.push({ ...NOWHERE, kind, path, what });
  };
  if (userFault !== null) add('root-user', '/config/User', userFault);
  for (const [at, pair] of (Array.isArray(Env) ? Env : []).entries())
    if (typeof pair === 'string') add('token', `/config/Env/${at}`, secretVariable(pair)?.what);
  for (const [name, value] of Object.entries(asObject(Labels)))
    if (typeof value === 'string') add('token', `/config/Labels/${name}`, tokenIn(value)?.what);
  for (const [at, entry] of (Array.isArray(history) ? history : []).entries()) {
    const text = asObject(entry).created_by;
    if (typeof text === 'string') add('token', `/history/${at}`, tokenIn(text)?.what);
  }
  return found;
}
