import { z } from 'zod';
import { publishedSchema } from '../../model/json-schema.ts';
import { withoutZeroEpoch } from '../../packages/compare-lock.ts';
import type { Inventory } from '../types.ts';
import type { Sbom, SbomPackage } from './types.ts';

/** In what an SBOM and an image differ; `name version (architecture)`, sorted. All empty when they agree. */
const DEVIATION = z.object({
  missing: z.array(z.string()).describe('in the image, and not in the SBOM'),
  extra: z.array(z.string()).describe('in the SBOM, and not in the image'),
  otherVersion: z.array(z.object({ name: z.string(), image: z.string(), sbom: z.string() })),
  otherSubject: z
    .array(z.string())
    .describe('digests that the SBOM is about, where these are of another image'),
  floatingBases: z.array(z.string()).describe('base images that the SBOM names without a digest'),
});
export type SbomDeviation = z.output<typeof DEVIATION>;

const CHECK = DEVIATION.extend({
  schema: z.literal('twinproof/sbom-check/v1'),
  agrees: z.boolean(),
  image: z.object({ manifest: z.string(), config: z.string() }),
  format: z.string().describe('such as `SPDX-2.3`'),
  packages: z.object({
    image: z.int().nonnegative(),
    sbom: z.int().nonnegative(),
    notCompared: z.int().nonnegative().describe('elements that no package database holds'),
  }),
});

/** What `twinproof sbom --check` prints as JSON. */
export type SbomCheck = z.output<typeof CHECK>;

export const sbomCheckSchema = (): string =>
  publishedSchema('sbom-check-v1', 'An SBOM compared with an image', z.toJSONSchema(CHECK));

/** The result of comparing both, for programs. */
export function sbomCheck({ image, packages }: Inventory, sbom: Sbom, deviation: SbomDeviation): SbomCheck {
  const { manifest, config } = image;
  return {
    schema: 'twinproof/sbom-check/v1',
    agrees: !deviates(deviation),
    image: { manifest, config },
    format: sbom.format,
    packages: { image: packages.length, sbom: sbom.packages.length, notCompared: sbom.others },
    ...deviation,
  };
}

type Item = Pick<SbomPackage, 'format' | 'name' | 'version' | 'architecture'>;

/**
 * Compares the packages of an image with those of an SBOM in both directions. Where one side does not say an
 * architecture, any matches; the epoch 0 is the same as none. An element of the SBOM that is no package by its URL can name one
 * that the image has; that the image lacks it says nothing.
 * @param index digest of the image index that the image was picked from: an SBOM may be about that
 */
export function compareSbom(
  { image, packages }: Inventory,
  sbom: Sbom,
  index: string | null = null,
): SbomDeviation {
  const installed = distinct(packages);
  const named = Map.groupBy([...sbom.packages, ...sbom.possible], keyOf);
  const unnamed = new Set(sbom.unnamed.map(({ name, version }) => `${name}\n${withoutZeroEpoch(version)}`));
  const byKey = Map.groupBy(installed, keyOf);
  const missing = installed.filter(
    (item) =>
      !(named.get(keyOf(item)) ?? []).some((other) => isSame(item, other)) &&
      !unnamed.has(`${item.name}\n${withoutZeroEpoch(item.version)}`),
  );
  const extra = sbom.packages.filter(
    (item) => !(byKey.get(keyOf(item)) ?? []).some((other) => isSame(item, other)),
  );
  const { pairs, restA, restB } = pairedByName(missing, extra);
  const ours = new Set([image.manifest, image.config, index]);
  return {
    missing: restA.map(textOf).toSorted(),
    extra: restB.map(textOf).toSorted(),
    otherVersion: pairs,
    otherSubject: sbom.subjects.some((digest) => ours.has(digest)) ? [] : sbom.subjects,
    floatingBases: sbom.floatingBases,
  };
}

export const deviates = ({
  missing,
  extra,
  otherVersion,
  otherSubject,
  floatingBases,
}: SbomDeviation): boolean =>
  [missing, extra, otherVersion, otherSubject, floatingBases].some((list) => list.length > 0);

/** One line for each thing in which they differ. */
export function deviationLines(deviation: SbomDeviation): string[] {
  const { missing, extra, otherVersion, otherSubject, floatingBases } = deviation;
  return [
    ...otherSubject.map((digest) => `the SBOM is about ${digest}, which is another image`),
    ...missing.map((item) => `not in the SBOM: ${item}`),
    ...extra.map((item) => `not in the image: ${item}`),
    ...otherVersion.map(({ name, image, sbom }) => `${name}: ${image} in the image, ${sbom} in the SBOM`),
    ...floatingBases.map((name) => `the base ${name} is named without a digest`),
  ];
}

/** Package URLs have the names of apk in lower case (purl-spec, type apk), whatever its database has. */
const nameOf = ({ format, name }: Item): string => (format === 'apk' ? name.toLowerCase() : name);

const keyOf = (item: Item): string => [item.format, nameOf(item), withoutZeroEpoch(item.version)].join('\n');

const isSame = (a: Item, b: Item): boolean =>
  a.architecture === b.architecture || a.architecture === '' || b.architecture === '';

const textOf = ({ name, version, architecture }: Item): string =>
  `${name} ${version}${architecture === '' ? '' : ` (${architecture})`}`;

/** Two databases of an image may list the same package. */
const distinct = (packages: readonly Item[]): Item[] => [
  ...new Map(packages.map((item) => [`${keyOf(item)}\n${item.architecture}`, item])).values(),
];

/** What both sides have under one name is there in another version. */
function pairedByName(missing: readonly Item[], extra: readonly Item[]) {
  const pairs: SbomDeviation['otherVersion'] = [];
  const left = Map.groupBy(extra, (item) => `${item.format}\n${nameOf(item)}`);
  const restA = missing.filter((item) => {
    const other = left.get(`${item.format}\n${nameOf(item)}`)?.shift();
    if (other !== undefined)
      pairs.push({ name: item.name, image: versionOf(item, other), sbom: versionOf(other, item) });
    return other === undefined;
  });
  return { pairs, restA, restB: [...left.values()].flat() };
}

/** With the architecture where that is what differs. */
const versionOf = (item: Item, other: Item): string =>
  withoutZeroEpoch(item.version) === withoutZeroEpoch(other.version)
    ? `${item.version} (${item.architecture})`
    : item.version;
