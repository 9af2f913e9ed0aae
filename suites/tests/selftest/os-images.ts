import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { listScratch } from '../../../harness/engine/scratch.ts';
import { sha256 } from '../../../harness/model/digest.ts';

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/**
 * A copy of an OCI layout whose image has one more layer, as a derived image would: the files, and their owner root.
 * @param files content by path; `-> target` makes a symbolic link, `#!` a program, `-----BEGIN` a file of its owner alone
 * @param more flags for the tar that makes the layer
 */
export async function derivedImage(
  layout: string,
  to: string,
  files: Record<string, string>,
  more: string[] = [],
): Promise<string> {
  // Blobs are large and not changed: hard links do.
  await execa('cp', ['-al', layout, to]);
  const tree = `${to}.tree`;
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(tree, dirname(path)), { recursive: true });
    if (content.startsWith('-> ')) await execa('ln', ['-s', content.slice(3), join(tree, path)]);
    else await writeFile(join(tree, path), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
  }
  // Not by a flag of tar, which would change the mode of links, too: they have none of their own.
  await execa('chmod', ['-R', 'u=rwX,go=rX', tree]);
  for (const [path, content] of Object.entries(files))
    if (content.startsWith('-----BEGIN')) await execa('chmod', ['go=', join(tree, path)]);
  const flags = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=@1767225600', '--sort=name'];
  const { stdout: layer } = await execa('tar', [...flags, ...more, '-C', tree, '-cf', '-', '.'], {
    encoding: 'buffer',
    maxBuffer: 10_000_000,
  });
  await rm(tree, { recursive: true });
  const index = await readJson<{ manifests: Descriptor[] }>(join(to, 'index.json'));
  const [top] = index.manifests;
  if (top === undefined) throw new Error('no manifest');
  const manifest = await readJson<{ config: Descriptor; layers: Descriptor[] }>(blobPath(to, top.digest));
  const config = await readJson<{ rootfs: { diff_ids: string[] }; history?: object[] }>(
    blobPath(to, manifest.config.digest),
  );
  const added = await addBlob(
    to,
    Buffer.from(layer),
    manifest.layers[0]?.mediaType.replace(/\+\w+$/, '') ?? '',
  );
  config.rootfs.diff_ids.push(added.digest);
  config.history?.push({ created_by: 'derived for the self-test' });
  manifest.layers.push(added);
  manifest.config = await addBlob(to, json(config), manifest.config.mediaType);
  index.manifests = [{ ...top, ...(await addBlob(to, json(manifest), top.mediaType)) }];
  // Not through the hard link, which the original has, too.
  await rm(join(to, 'index.json'));
  await writeFile(join(to, 'index.json'), json(index));
  return to;
}

const blobPath = (layout: string, digest: string): string =>
  join(layout, 'blobs/sha256', digest.replace('sha256:', ''));

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

async function addBlob(layout: string, bytes: Buffer, mediaType: string): Promise<Descriptor> {
  const digest = sha256(bytes);
  await writeFile(blobPath(layout, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}

/** A unit that is started with the system, and the link that starts it. */
export function unit(name: string, command: string): Record<string, string> {
  const text = `[Unit]
Description=${name}
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${command}
`;
  return {
    [`usr/lib/systemd/system/${name}.service`]: text,
    [`usr/lib/systemd/system/multi-user.target.wants/${name}.service`]: `-> ../${name}.service`,
  };
}

/** A run's own copy of the image that a verification with --keep left in its scratch space, before that is swept. */
export async function keptImage(runFolder: string, to: string): Promise<string> {
  const [kept] = (await listScratch()).filter(({ owner }) => owner?.run === basename(runFolder));
  if (kept === undefined) throw new Error('the verification kept nothing');
  await execa('cp', ['-a', join(kept.folder, 'A/output/image'), to]);
  return to;
}
