import type { Inventory } from '../../contents/types.ts';
import { ALPINE, DEBIAN, RHEL, digest, inventoryWith } from './advisories.ts';

/** SBOMs in the shapes in which others write them, about an image of each kind. */

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export const deb = inventoryWith(DEBIAN, [
  { name: 'libstdc++6', version: '12.2.0-14+deb12u1' },
  { name: 'zlib1g', version: '1:1.2.13.dfsg-1' },
  { name: 'tzdata', version: '2024a-0+deb12u1', architecture: 'all' },
]);
export const rpm = inventoryWith(RHEL, [
  { name: 'bash', version: '5.1.8-9.el9', architecture: 'x86_64' },
  { name: 'bind-libs', version: '32:9.16.23-24.el9', architecture: 'x86_64' },
]);
export const apk = inventoryWith(ALPINE, [
  { name: 'musl', version: '1.2.5-r0', architecture: 'x86_64' },
  { name: 'R', version: '4.4.0-r1', architecture: 'x86_64' },
]);

export const DEB_URLS = [
  'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12&upstream=gcc-12',
  'pkg:deb/debian/zlib1g@1%3A1.2.13.dfsg-1?arch=amd64&distro=debian-12&upstream=zlib',
  'pkg:deb/debian/tzdata@2024a-0%2Bdeb12u1?arch=all&distro=debian-12',
];
export const RPM_URLS = [
  'pkg:rpm/rhel/bash@5.1.8-9.el9?arch=x86_64&distro=rhel-9.5&upstream=bash-5.1.8-9.el9.src.rpm',
  'pkg:rpm/rhel/bind-libs@9.16.23-24.el9?arch=x86_64&epoch=32',
];
export const APK_URLS = ['pkg:apk/wolfi/musl@1.2.5-r0?arch=x86_64', 'pkg:apk/wolfi/r@4.4.0-r1?arch=x86_64'];

/** SPDX: an element by its id and package URLs. */
export const element = (id: string, urls: string[] = [], more: object = {}) => ({
  ...{ SPDXID: `SPDXRef-${id}`, name: id, downloadLocation: 'NOASSERTION' },
  externalRefs: urls.map((referenceLocator) => ({
    ...{ referenceCategory: 'PACKAGE_MANAGER', referenceType: 'purl', referenceLocator },
  })),
  ...more,
});
export const relates = (from: string, relationshipType: string, to: string) => ({
  ...{ spdxElementId: `SPDXRef-${from}`, relationshipType, relatedSpdxElement: `SPDXRef-${to}` },
});
export const spdx = (packages: object[], relationships: object[], more: object = {}) => ({
  ...{ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', packages, relationships },
  ...more,
});
export const contained = (urls: string[], whole = 'Image', prefix = 'p') => ({
  packages: urls.map((url, at) => element(`${prefix}${at}`, [url])),
  relationships: urls.map((_, at) => relates(whole, 'CONTAINS', `${prefix}${at}`)),
});
export const describes = relates('DOCUMENT', 'DESCRIBES', 'Image');

export const syftSpdx = (urls: string[], root: object = {}) => {
  const { packages, relationships } = contained(urls);
  return spdx([...packages, element('Image', [], root)], [...relationships, describes]);
};
export const cyclonedx = (urls: string[], more: object = {}, component: object = {}) => ({
  ...{ bomFormat: 'CycloneDX', specVersion: '1.6' },
  components: urls.map((purl) => ({ type: 'library', name: 'x', version: '0', purl, ...component })),
  ...more,
});

export const HEX = digest.slice(7);
export const OTHER = 'b'.repeat(64);
export const statement = (predicate: unknown, sha256 = HEX) => ({
  ...{ _type: 'https://in-toto.io/Statement/v0.1', predicateType: 'https://spdx.dev/Document', predicate },
  subject: [{ name: '_', digest: { sha256 } }],
});
export const envelope = (inner: unknown) => ({
  ...{ payloadType: 'application/vnd.in-toto+json', payload: bytes(inner).toString('base64') },
  signatures: [],
});
const hermeto = {
  annotations: [
    {
      ...{ annotator: 'Tool: hermeto:jsonencoded', annotationType: 'OTHER' },
      comment: '{"name": "hermeto:found_by", "value": "hermeto"}',
    },
  ],
};
export const SOURCE = 'pkg:rpm/rhel/bash@5.1.8-9.el9?arch=src';
export const PREFETCHED = 'pkg:rpm/rhel/gcc@11.5-2.el9?arch=x86_64&checksum=sha256:00&repository_id=baseos';

/** Mobster: an image with its base, a builder, and what Hermeto has fetched. */
export function mobster({
  base = [] as string[],
  own = RPM_URLS,
  builder = ['pkg:rpm/rhel/make@4.3-8.el9?arch=x86_64'],
}) {
  const ofBase = contained(base, 'base', 'b');
  const ofOwn = contained(own);
  const ofBuilder = contained(builder, 'builder', 't');
  return spdx(
    [
      element('Image', ['pkg:oci/app@' + digest], { versionInfo: '0.1' }),
      element('base', [`pkg:oci/ubi9@sha256:${OTHER}?repository_url=registry.example/ubi9`]),
      element('builder', [`pkg:oci/go@sha256:${OTHER}`]),
      ...[...ofBase.packages, ...ofOwn.packages, ...ofBuilder.packages],
      element('fetched', [PREFETCHED], hermeto),
    ],
    [
      ...[...ofBase.relationships, ...ofOwn.relationships, ...ofBuilder.relationships, describes],
      relates('Image', 'CONTAINS', 'fetched'),
      relates('Image', 'DESCENDANT_OF', 'base'),
      relates('builder', 'BUILD_TOOL_OF', 'Image'),
    ],
  );
}

/** kubernetes bom: names and versions in place of package URLs. */
export const bom = ({ packages }: Inventory, version?: string) =>
  spdx(
    [
      element('Image'),
      ...packages.map((item, at) =>
        element(`p${at}`, [], { name: item.name, versionInfo: version ?? item.version }),
      ),
    ],
    [describes, ...packages.map((_, at) => relates('Image', 'CONTAINS', `p${at}`))],
  );
