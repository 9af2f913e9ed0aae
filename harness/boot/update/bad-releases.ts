import { join } from 'node:path';
import type { MergedTree } from '../../oci/layers/tree.ts';
import type { OciImage } from '../../oci/types.ts';
import { imageVersion, ofVersion, osReleaseOf, versionAfter } from './image-version.ts';
import { withLayer } from './synthetic-update.ts';

/** In what a release is bad. */
export type Badness = 'panics' | 'unhealthy';

/** Units that must be well before a start counts as one that went well. Source: systemd 252, systemd.special(7), boot-complete.target. */
const GATE = /^(?:usr\/lib|etc)\/systemd\/system\/boot-complete\.target\.requires\/[^/]+$/;

/**
 * Next releases that must not stay, each made from the image by one more layer.
 * @param folder for the layers' bytes, until the images are no longer read
 * @param newest the newest release beside them, to be newer than that
 */
export async function makeBadReleases(
  image: OciImage,
  tree: MergedTree,
  { kernel, folder, newest }: { kernel: string; folder: string; newest: OciImage },
): Promise<Map<Badness, OciImage>> {
  const releases = new Map<Badness, OciImage>();
  const [own, latest] = [await osReleaseOf(image), imageVersion(await osReleaseOf(newest)) ?? ''];
  for (const [name, layer] of badLayers(tree, kernel)) {
    const version = ofVersion(own, versionAfter(latest, releases.size + 1));
    releases.set(name, await withLayer(image, new Map([...layer, ...version]), join(folder, `${name}.tar`)));
  }
  return releases;
}

/**
 * What is laid over an image to make it bad, content by path. One release cannot start: what should be its initramfs is
 * none, so that its kernel finds no root and panics. The other starts, but a unit fails; it is only made where the image
 * has a check that looks at more than that it starts.
 */
export function badLayers({ files }: MergedTree, kernel: string): Map<Badness, Map<string, string>> {
  const initramfs = new Map([[`usr/lib/modules/${kernel}/initramfs.img`, 'not an initramfs\n']]);
  const layers = new Map<Badness, Map<string, string>>([['panics', initramfs]]);
  if ([...files.keys()].some((path) => GATE.test(path))) layers.set('unhealthy', failingUnit());
  return layers;
}

/** Wanted by a file beside its target's own, as a layer here has no links. */
function failingUnit(): Map<string, string> {
  const folder = 'usr/lib/systemd/system';
  return new Map([
    [
      `${folder}/bad-release.service`,
      '[Unit]\nDescription=fails\n[Service]\nType=oneshot\nExecStart=/bin/false\n',
    ],
    [`${folder}/multi-user.target.d/bad-release.conf`, '[Unit]\nWants=bad-release.service\n'],
  ]);
}
