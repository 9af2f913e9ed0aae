import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifiedBlob } from '../../oci/blob.ts';
import type { MergedTree } from '../../oci/layers/tree.ts';
import { archiveEnd, fileHeader, filePadding } from '../../oci/tar/write.ts';
import type { Descriptor, Document, JsonObject, OciImage } from '../../oci/types.ts';
import type { CommandLine } from '../families/command-line.ts';
import { digestsOf } from './digests.ts';
import { harmlessConfigs } from './harmless.ts';
import { imageVersion, ofVersion, osReleaseOf, versionAfter } from './image-version.ts';
import { sha256 } from '../../model/digest.ts';

/** Files below which nothing runs: one is changed by the update, one removed. */
const DOCUMENTS = /^usr\/share\/(?:doc|licenses|man|info)\/[\w./+-]{1,80}$/;
/** Defaults in /etc that are changed: one that the user has changed, too, and one that not. */
const CHANGED_DEFAULTS = 2;

/** For the kernel; it takes what has a dot for a module's, and says nothing of a module that is not there. */
const ARGUMENT = 'twinproof.release=next';

/**
 * The next release of an image, made from it by one more layer: a file is added, one changed, one removed, defaults in
 * /etc are changed, and the kernel gets one more argument; where the image has an IMAGE_VERSION, that is newer. What updates it is the image's own tools; what it is updated to need not be more than that.
 * @param folder for the layer's bytes, until the image is no longer read
 * @param commandLine file with what an image adds to the kernel's command line; null where there is none
 */
export async function synthesizeUpdate(
  image: OciImage,
  tree: MergedTree,
  { folder, commandLine }: { folder: string; commandLine: CommandLine | null },
): Promise<OciImage> {
  const files = filesOf(tree);
  const osRelease = await osReleaseOf(image);
  for (const [path, content] of ofVersion(osRelease, versionAfter(imageVersion(osRelease) ?? '')))
    files.set(path, content);
  if (commandLine !== null) {
    const [path, content] = await commandLine.withArgument(image, ARGUMENT);
    files.set(path, content);
  }
  return withLayer(image, files, join(folder, 'update-layer.tar'));
}

/**
 * An image with one more layer.
 * @param files content by path
 * @param path of the layer's bytes, until the image is no longer read
 * @param more what else its config says otherwise
 */
export async function withLayer(
  image: OciImage,
  files: Map<string, string>,
  path: string,
  more: JsonObject = {},
): Promise<OciImage> {
  const layer = archive(files);
  const descriptor = describe('application/vnd.oci.image.layer.v1.tar', layer);
  await writeFile(path, layer);
  const { rootfs } = image.config.json as { rootfs: { diff_ids: string[] } };
  const config = documentOf(image.config, {
    ...image.config.json,
    ...more,
    rootfs: { ...rootfs, diff_ids: [...rootfs.diff_ids, descriptor.digest] },
    // It says what each layer is for and need not, and would have to name the new one.
    history: [],
  });
  const descriptors = image.layers.map((each) => each.descriptor);
  const manifest = documentOf(image.manifest, {
    ...image.manifest.json,
    config: { ...describe(config.mediaType, config.bytes) },
    layers: [...descriptors, descriptor].map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
  const locate: OciImage['locate'] = (wanted) =>
    wanted.digest === descriptor.digest
      ? Promise.resolve({ path, offset: 0, size: descriptor.size })
      : image.locate(wanted);
  return {
    ...image,
    index: null,
    manifest,
    config,
    layers: [...image.layers, { descriptor, diffId: descriptor.digest }],
    attestations: [],
    locate,
    readBlob: async function* (wanted) {
      yield* verifiedBlob(wanted, await locate(wanted));
    },
    close: () => Promise.resolve(),
  };
}

/** Content by path. */
function filesOf({ files }: MergedTree): Map<string, string> {
  const documents = [...files]
    .filter(([path, { inode }]) => DOCUMENTS.test(path) && inode.type === 'file')
    .map(([path]) => path)
    .sort();
  const [changed, removed] = documents;
  const made = new Map([['usr/share/next-release', 'added by the next release\n']]);
  if (changed !== undefined) made.set(changed, 'changed by the next release\n');
  if (removed !== undefined) made.set(removed.replace(/[^/]*$/, '.wh.$&'), '');
  for (const path of harmlessConfigs(digestsOf({ files }).keys()).slice(0, CHANGED_DEFAULTS))
    made.set(path, '# changed by the next release\n');
  return made;
}

function archive(files: Map<string, string>): Buffer {
  const parts = [...files].flatMap(([path, content]) => {
    const bytes = Buffer.from(content);
    return [fileHeader(path, bytes.length), bytes, filePadding(bytes.length)];
  });
  return Buffer.concat([...parts, archiveEnd()]);
}

function documentOf(like: Document, json: JsonObject): Document {
  const bytes = Buffer.from(JSON.stringify(json));
  return { ...like, ...describe(like.mediaType, bytes), bytes, json };
}

const describe = (
  mediaType: string,
  bytes: Uint8Array,
): Pick<Descriptor, 'mediaType' | 'digest' | 'size'> => ({
  mediaType,
  digest: sha256(bytes),
  size: bytes.length,
});
