import { z } from 'zod';
import { inventoryOf } from '../contents/inventory.ts';
import { compareSbom, deviates, deviationLines, type SbomDeviation } from '../contents/sbom/compare.ts';
import { embeddedSboms } from '../contents/sbom/embedded.ts';
import { readSbomFile } from '../contents/sbom/given.ts';
import type { Sbom } from '../contents/sbom/types.ts';
import type { Inventory } from '../contents/types.ts';
import { TwinproofError } from '../errors.ts';
import { givenOptions } from '../model/claim.ts';
import type { OciImage } from '../oci/types.ts';
import { firstBuild, undecided } from './failed-build.ts';
import type { Claim, ClaimContext, Failure, Finding } from './types.ts';

const OPTIONS = z.strictObject({ document: z.string().min(1).max(4096) });
const MOST_LISTED = 1000;
const MOST_TOLD = 5;

/** In what an SBOM and an image can differ. */
const KINDS = ['missing', 'extra', 'other-version', 'other-subject', 'floating-base'] as const;

/** The SBOM lists the packages that the image has, and no other. */
export const sbom: Claim = {
  id: 'sbom',
  statement: 'has an SBOM that says what is in it',
  passes:
    'the SBOM that `document` names, or without it those inside of the image taken together (`*.spdx.json`, `*.cdx.json`, `sbom.json`, `bom.json`), lists exactly the packages of the databases inside the image (dpkg, rpm, apk), in these versions; one that says which image it is about says this one, and names no base image without a digest',
  fails:
    'a package is in only one of them or of another version, it is about another image, or the image carries none; each is named',
  itemised: { causes: KINDS },
  options: {
    schema: OPTIONS,
    notes: {
      document: {
        example: 'sbom/app.spdx.json',
        meaning: 'file with the SBOM (SPDX 2.2 or 2.3, CycloneDX 1.2 to 1.7, JSON)',
        path: 'file',
      },
    },
  },
  check,
};

async function check(context: ClaimContext): Promise<Finding & { failures?: Failure[] }> {
  const first = firstBuild(context.builds);
  if ('error' in first) return undecided(first.error, context.buildEvidence);
  const image = await context.image(first.build);
  const inventory = await inventoryOf(image);
  if (inventory.packages.length === 0) {
    const message = 'the image has no package database (dpkg, rpm, apk) that lists packages';
    return undecided({ code: 'unsupported', message }, []);
  }
  const { document } = givenOptions(OPTIONS, context.options);
  return document === undefined
    ? carried(inventory, image)
    : judged(inventory, await given(context, document), [document]);
}

async function given({ subject }: ClaimContext, document: string): Promise<Sbom> {
  const path = subject.claimFiles?.sbom?.document;
  if (path === undefined) throw new Error(`nobody resolved ${document}`);
  try {
    return await readSbomFile(path);
  } catch (cause) {
    if (!(cause instanceof TwinproofError)) throw cause;
    throw new TwinproofError('catalog-invalid', cause.message, { where: document, cause });
  }
}

async function carried(inventory: Inventory, image: OciImage): Promise<Finding & { failures?: Failure[] }> {
  const { sbom: found, paths, unreadable } = await embeddedSboms(image);
  if (found !== null) return judged(inventory, found, paths);
  const [why] = unreadable;
  const summary = `the image carries no SBOM${why === undefined ? '' : ` that can be read (${why})`}`;
  return { verdict: 'fail', summary, detail: { unreadable }, evidence: [] };
}

function judged(
  inventory: Inventory,
  document: Sbom,
  places: readonly string[],
): Finding & { failures?: Failure[] } {
  const deviation = compareSbom(inventory, document);
  const lines = deviationLines(deviation);
  const detail = {
    documents: places.slice(0, MOST_LISTED),
    format: document.format,
    packages: inventory.packages.length,
    notCompared: document.others,
    differences: lines.slice(0, MOST_LISTED),
    total: lines.length,
  };
  if (deviates(deviation)) {
    const more = lines.length > MOST_TOLD ? ` and ${lines.length - MOST_TOLD} more` : '';
    const summary = `${lines.slice(0, MOST_TOLD).join('; ')}${more}`;
    return { verdict: 'fail', summary, detail, evidence: [], failures: failuresOf(deviation) };
  }
  const unnamed = document.subjects.length === 0 ? '; it does not say which image it is about' : '';
  const summary = `${inventory.packages.length} packages, the same in the image and in the SBOM (${document.format})${unnamed}`;
  return { verdict: 'pass', summary, detail, evidence: [] };
}

/** By package name, so that an exemption can name one. */
function failuresOf(deviation: SbomDeviation): Failure[] {
  const named = (items: readonly string[], cause: (typeof KINDS)[number]): Failure[] =>
    items.map((item) => ({ place: item.split(' ')[0] ?? '', causes: [cause] }));
  return [
    ...named(deviation.missing, 'missing'),
    ...named(deviation.extra, 'extra'),
    ...named(
      deviation.otherVersion.map(({ name }) => name),
      'other-version',
    ),
    ...named(deviation.otherSubject, 'other-subject'),
    ...named(deviation.floatingBases, 'floating-base'),
  ];
}
