import { nameText } from '../../oci/names.ts';
import { escapeText } from '../../report/escape.ts';
import { type MatcherResult, listed, requireImage } from './result.ts';
import { treeOf } from './tree.ts';

const SETUID = 0o4000;

export async function toContainNoSetuid(received: unknown): Promise<MatcherResult> {
  const { files } = await treeOf(requireImage(received, 'toContainNoSetuid'));
  const found: string[] = [];
  for (const [path, { record, inode, attributes = record }] of files) {
    const { mode, uid } = attributes;
    if (inode.type === 'file' && (mode & SETUID) !== 0)
      found.push(`${escapeText(nameText(path))} (mode ${mode.toString(8)}, uid ${uid})`);
  }
  const pass = found.length === 0;
  const count = `${found.length} file${found.length === 1 ? ' has' : 's have'} the setuid bit`;
  return {
    pass,
    message: () => (pass ? 'no file has the setuid bit' : [`${count}:`, ...listed(found.sort())].join('\n')),
  };
}
