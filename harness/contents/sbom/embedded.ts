import { TwinproofError } from '../../errors.ts';
import { readFiles } from '../../oci/layers/files.ts';
import type { OciImage } from '../../oci/types.ts';
import { readSbom } from './read.ts';
import type { Sbom, SbomPackage } from './types.ts';

/** Names under which images carry SBOMs: those of SPDX and CycloneDX, also one for each package, as apko writes them. */
const NAMES = /\.(?:spdx|cdx|cyclonedx)\.json$|(?:^|\/)s?bom\.json$/i;

/** The SBOMs that an image carries. */
export interface Embedded {
  /** What they say together; null where none can be read. */
  sbom: Sbom | null;
  /** Of those that were read, sorted. */
  paths: string[];
  /** Why the others were not. */
  unreadable: string[];
}

/**
 * The SBOMs inside of an image, taken together: one that is in it cannot give its digest, so none is asked for one.
 * @throws TwinproofError `image-invalid`
 */
export async function embeddedSboms(image: OciImage): Promise<Embedded> {
  const files = await readFiles(image, (path) => NAMES.test(path));
  const read: { path: string; sbom: Sbom }[] = [];
  const unreadable: string[] = [];
  for (const path of [...files.keys()].toSorted()) {
    try {
      read.push({ path, sbom: readSbom(files.get(path) ?? new Uint8Array(), path) });
    } catch (error) {
      if (!(error instanceof TwinproofError)) throw error;
      unreadable.push(`${path}: ${error.message}`);
    }
  }
  return { sbom: together(read.map(({ sbom }) => sbom)), paths: read.map(({ path }) => path), unreadable };
}

function together(sboms: readonly Sbom[]): Sbom | null {
  if (sboms.length === 0) return null;
  const distinct = (lists: readonly (readonly SbomPackage[])[]): SbomPackage[] => [
    ...new Map(
      lists
        .flat()
        .map((item) => [[item.format, item.name, item.version, item.architecture].join('\n'), item]),
    ).values(),
  ];
  return {
    format: [...new Set(sboms.map(({ format }) => format))].join(', '),
    subjects: [],
    packages: distinct(sboms.map(({ packages }) => packages)),
    possible: distinct(sboms.map(({ possible }) => possible)),
    unnamed: sboms.flatMap(({ unnamed }) => unnamed),
    others: sboms.reduce((sum, { others }) => sum + others, 0),
    floatingBases: [...new Set(sboms.flatMap(({ floatingBases }) => floatingBases))],
  };
}
