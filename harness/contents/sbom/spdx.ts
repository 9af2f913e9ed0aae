import parseExpression from 'spdx-expression-parse';
import { sha256 } from '../../model/digest.ts';
import { HARNESS_VERSION } from '../../version.ts';
import type { Inventory, ListedPackage } from '../types.ts';
import { createdOf, imageUrl } from './subject.ts';

/** Where the document says nothing on purpose (SPDX 2.3, 7.7 and others). */
const NONE = 'NOASSERTION';
const ROOT_ID = 'SPDXRef-Image';

/** Whether a text is an SPDX license expression; packages often have one of another notation. */
function isExpression(text: string): boolean {
  try {
    parseExpression(text);
    return true;
  } catch {
    return false;
  }
}

/** Idstrings are letters, digits, `.` and `-` (SPDX 2.3, 7.2), so that names need something that tells them apart. */
const packageId = ({ purl }: ListedPackage): string => `SPDXRef-Package-${sha256(purl).slice(7, 31)}`;
const licenseId = (text: string): string => `LicenseRef-${sha256(text).slice(7, 23)}`;

function licenseOf({ license }: ListedPackage): string {
  if (license === undefined) return NONE;
  return isExpression(license) ? license : licenseId(license);
}

function packageEntry(item: ListedPackage): object {
  const { name, version, purl, vendor, source } = item;
  return {
    SPDXID: packageId(item),
    name,
    versionInfo: version,
    supplier: vendor === undefined ? NONE : `Organization: ${vendor}`,
    downloadLocation: NONE,
    filesAnalyzed: false,
    ...(source === undefined ? {} : { sourceInfo: `built from the source package ${source}` }),
    licenseConcluded: NONE,
    licenseDeclared: licenseOf(item),
    copyrightText: NONE,
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
  };
}

function imageEntry({ image }: Inventory, name: string): object {
  return {
    SPDXID: ROOT_ID,
    name,
    versionInfo: image.manifest,
    supplier: NONE,
    downloadLocation: NONE,
    filesAnalyzed: false,
    licenseConcluded: NONE,
    licenseDeclared: NONE,
    copyrightText: NONE,
    primaryPackagePurpose: 'CONTAINER',
    checksums: [checksumOf(image.manifest)],
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: imageUrl(image, name),
      },
    ],
  };
}

function checksumOf(digest: string): object {
  const [algorithm = '', checksumValue] = digest.split(':');
  return { algorithm: algorithm.toUpperCase(), checksumValue };
}

/** Two databases may list the same package; a document has an element once. */
const distinct = (packages: readonly ListedPackage[]): ListedPackage[] => [
  ...new Map(packages.map((item) => [item.purl, item])).values(),
];

/**
 * An inventory as an SPDX 2.3 document. The same image and name give the same bytes: the namespace is made of the
 * image's digest, and the time is the image's own.
 */
export function spdxDocument(inventory: Inventory, name: string): string {
  const packages = distinct(inventory.packages);
  const others = packages.flatMap(({ license }) =>
    license === undefined || isExpression(license) ? [] : [license],
  );
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `https://twinproof.dev/spdx/${encodeURIComponent(name)}/${inventory.image.manifest.replace(':', '-')}`,
    creationInfo: {
      created: createdOf(inventory.image),
      creators: [`Tool: twinproof-${HARNESS_VERSION}`],
    },
    documentDescribes: [ROOT_ID],
    packages: [imageEntry(inventory, name), ...packages.map(packageEntry)],
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', ROOT_ID),
      ...packages.map((item) => relationship(ROOT_ID, 'CONTAINS', packageId(item))),
    ],
    ...(others.length === 0
      ? {}
      : {
          hasExtractedLicensingInfos: [...new Set(others)].map((text) => ({
            licenseId: licenseId(text),
            extractedText: text,
          })),
        }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const relationship = (spdxElementId: string, relationshipType: string, relatedSpdxElement: string) => ({
  spdxElementId,
  relationshipType,
  relatedSpdxElement,
});
