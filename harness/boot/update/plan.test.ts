import { describe, expect, test } from 'vitest';
import { readTree, type MergedTree } from '../../oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import { openImage } from '../../oci/open.ts';
import { scratch, writeLayout } from '../../testing/oci/image.ts';
import { tar, type TestEntry } from '../../testing/oci/tar/tar.ts';
import { digestsOf } from './digests.ts';
import { planUpdate } from './plan.ts';
import { synthesizeUpdate } from './synthetic-update.ts';
import { sha256Hex } from '../../model/digest.ts';

const file = (name: string, content = name): TestEntry => ({ name, content });

async function imageOf(folder: string, entries: TestEntry[]) {
  return openImage(await writeLayout(folder, { layers: [tar(entries)] }));
}

const DEFAULTS = ['etc/gai.conf', 'etc/host.conf', 'etc/issue', 'etc/issue.net', 'etc/passwd'];
const DOCUMENTS = ['usr/share/doc/a/copyright', 'usr/share/doc/b/copyright', 'usr/share/doc/c/copyright'];

async function synthetic(
  entries: TestEntry[],
): Promise<{ from: MergedTree; to: MergedTree; digests: string[] }> {
  await using folder = await scratch();
  const image = await imageOf(folder.path, entries);
  const from = await readTree(image, { limits: DEFAULT_LIMITS });
  const next = await synthesizeUpdate(image, from, { folder: folder.path, commandLine: null });
  const to = await readTree(next, { limits: DEFAULT_LIMITS });
  return { from, to, digests: [image.manifest.digest, next.manifest.digest, next.config.digest] };
}

describe('the next release that is made from an image', () => {
  test('adds, changes and removes a file, and changes defaults; every way of merging /etc is tried', async () => {
    const { from, to } = await synthetic([...DEFAULTS, ...DOCUMENTS].map((path) => file(path)));
    const plan = planUpdate(digestsOf(from), digestsOf(to), null);
    expect(plan.usr).toEqual([
      {
        path: '/usr/share/doc/a/copyright',
        before: sha256Hex('usr/share/doc/a/copyright'),
        after: sha256Hex('changed by the next release\n'),
      },
      { path: '/usr/share/doc/b/copyright', before: sha256Hex('usr/share/doc/b/copyright'), after: null },
      { path: '/usr/share/next-release', before: null, after: sha256Hex('added by the next release\n') },
    ]);
    expect(plan.etc.map(({ who, path }) => `${who} ${path}`)).toEqual([
      'image /etc/gai.conf',
      'user /etc/issue',
      'both /etc/host.conf',
      'removed-by-user /etc/issue.net',
      'added-by-user /etc/added-by-user.conf',
    ]);
    expect(plan.untried).toEqual([]);
  });

  test('is another image, the same one each time', async () => {
    const entries = DEFAULTS.map((path) => file(path));
    const once = await synthetic(entries);
    expect(new Set(once.digests).size).toBe(3);
    expect((await synthetic(entries)).digests).toEqual(once.digests);
  });

  test('is made of an image without such files, too; what cannot be tried is said', async () => {
    const { from, to } = await synthetic([file('etc/passwd')]);
    const plan = planUpdate(digestsOf(from), digestsOf(to), null);
    expect(plan.usr.map(({ path }) => path)).toEqual(['/usr/share/next-release']);
    expect(plan.etc.map(({ who }) => who)).toEqual(['added-by-user']);
    expect(plan.untried).toEqual(['image', 'user', 'both', 'removed-by-user']);
  });
});

describe('the plan for two images', () => {
  async function planned(before: TestEntry[], after: TestEntry[]) {
    await using a = await scratch();
    await using b = await scratch();
    const from = await readTree(await imageOf(a.path, before), { limits: DEFAULT_LIMITS });
    const to = await readTree(await imageOf(b.path, after), { limits: DEFAULT_LIMITS });
    return planUpdate(digestsOf(from), digestsOf(to), null);
  }

  test('lets no user change what a system needs to come up', async () => {
    const { etc, untried } = await planned([file('etc/passwd', 'a')], [file('etc/passwd', 'b')]);
    expect(etc.map(({ who, path }) => `${who} ${path}`)).toEqual([
      'image /etc/passwd',
      'added-by-user /etc/added-by-user.conf',
    ]);
    expect(untried).toContain('both');
  });

  test('leaves out names that a shell would read as something else, links and folders', async () => {
    const { usr } = await planned(
      [file("usr/a'b"), { name: 'usr/link', type: 'symlink', linkname: 'x' }],
      [file('usr/plain'), { name: 'usr/folder/', type: 'dir' }],
    );
    expect(usr.map(({ path }) => path)).toEqual(['/usr/plain']);
  });
});
