import { LIST_USR, type FileDigests, differingFiles, parseFileList } from '../boot/guest/file-list.ts';
import type { MergedTree } from '../oci/layers/tree.ts';
import { nameText } from '../oci/names.ts';
import { freshSystem, imageOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/**
 * What runs is the image that was built and compared: the running deployment names its manifest, and every file below
 * /usr, read back from the running system, has the content that the image says, with none missing and none added.
 */
export const sameImage: SystemClaim = {
  id: 'same-image',
  scenario: 'start',
  statement: 'the running system is the image that was built',
  passes:
    'the deployment that runs names the manifest that was built, and every file below `/usr`, read back by the guest, has the content that the image says, none missing and none added',
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const { image, tree, family } = await imageOf(context);
  const { guest } = await freshSystem(context);
  const reported = await family.running(guest);
  const listed = await guest.run(LIST_USR, 300);
  const files = listed.status === 0 ? parseFileList(listed.stdout) : null;
  const expected = filesBelowUsr(tree, family.defaults);
  const differing = files === null ? [] : differingFiles(expected, files);
  const lines = differing.map(({ path, what }) => `${what}\t${nameText(path)}\n`);
  const evidence = [await context.evidence.addText('files that differ', lines.join(''), 'text/plain')];
  const detail = {
    built: image.manifest.digest,
    running: reported,
    files: files?.size ?? null,
    differing: differing.slice(0, 100).map(({ path, what }) => ({ path: nameText(path), what })),
  };
  const faults = [
    ...(reported === image.manifest.digest
      ? []
      : [`it says that it runs ${reported === '' ? 'nothing' : reported}`]),
    ...(files === null ? ['it does not list its files'] : []),
    ...differing.slice(0, 3).map(({ path, what }) => `${what}: ${nameText(path)}`),
  ];
  if (faults.length > 0)
    return { verdict: 'fail', summary: firstWords(faults.join('; '), 400), detail, evidence };
  return {
    verdict: 'pass',
    summary: `${files?.size ?? 0} files below /usr are those of the image`,
    detail,
    evidence,
  };
}

/** Where a family keeps an image's /etc below /usr, that is what updates are merged with. */
function filesBelowUsr({ files }: MergedTree, defaults: string | null): FileDigests {
  const found: FileDigests = new Map();
  for (const [path, { inode }] of files) {
    if (inode.type !== 'file') continue;
    if (path.startsWith('usr/')) found.set(path, inode.content);
    else if (defaults !== null && path.startsWith('etc/'))
      found.set(path.replace('etc/', defaults), inode.content);
  }
  return found;
}
