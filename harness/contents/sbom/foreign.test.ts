import { describe, expect, test } from 'vitest';
import { digest, inventoryWith, ALPINE } from '../../testing/contents/advisories.ts';
import {
  APK_URLS,
  DEB_URLS,
  HEX,
  OTHER,
  PREFETCHED,
  RPM_URLS,
  SOURCE,
  apk,
  bom,
  contained,
  cyclonedx,
  deb,
  describes,
  element,
  envelope,
  mobster,
  relates,
  rpm,
  spdx,
  statement,
  syftSpdx,
} from '../../testing/contents/foreign-sboms.ts';
import type { Inventory } from '../types.ts';
import { compareSbom, deviationLines } from './compare.ts';
import { readSbom } from './read.ts';

/** Documents in the shapes in which others write them, each about an image of its kind. */

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const lines = (image: Inventory, document: unknown, index: string | null = null): string[] =>
  deviationLines(compareSbom(image, readSbom(bytes(document), 'x.json'), index));

const trivyDeb = ['libstdc++6@12.2.0-14+deb12u1?arch=amd64', 'zlib1g@1.2.13.dfsg-1?arch=amd64&epoch=1'];

describe('a document that says what the image has', () => {
  test.each<[string, Inventory, unknown, string?]>([
    ['Syft, SPDX', deb, syftSpdx(DEB_URLS, { checksums: [{ algorithm: 'SHA256', checksumValue: HEX }] })],
    [
      'Syft, CycloneDX',
      rpm,
      cyclonedx([...RPM_URLS, 'pkg:rpm/redhat/gpg-pubkey@fd431d51-4ae0493b?distro=rhel-9']),
    ],
    ['in capitals', deb, syftSpdx(DEB_URLS, { versionInfo: digest.toUpperCase().replace('SHA', 'sha') })],
    [
      'Trivy, with the epoch of Debian as a qualifier',
      deb,
      cyclonedx([...trivyDeb.map((rest) => `pkg:deb/debian/${rest}`), DEB_URLS[2] ?? '']),
    ],
    ['CycloneDX 1.3, which Trivy wrote', deb, cyclonedx(DEB_URLS, { specVersion: '1.3' })],
    ['CycloneDX 1.7', deb, cyclonedx(DEB_URLS, { specVersion: '1.7' })],
    [
      'the epoch in the version and as a qualifier',
      rpm,
      cyclonedx([RPM_URLS[0] ?? '', 'pkg:rpm/rhel/bind-libs@32:9.16.23-24.el9?arch=x86_64&epoch=32']),
    ],
    [
      'two package URLs of one package, by repository',
      rpm,
      syftSpdx([...RPM_URLS, `${RPM_URLS[0] ?? ''}&repository_id=appstream`]),
    ],
    ['the source package beside the binary', rpm, cyclonedx([...RPM_URLS, SOURCE])],
    [
      'Docker Scout, without architectures',
      deb,
      cyclonedx(DEB_URLS.map((url) => url.replace(/\?.*/, '?os_name=debian'))),
    ],
    ['apk names in the lower case of package URLs', apk, cyclonedx(APK_URLS)],
    ['Mobster', rpm, mobster({})],
    [
      'Mobster, what the image has from its base only there',
      rpm,
      mobster({ base: RPM_URLS.slice(0, 1), own: RPM_URLS.slice(1) }),
    ],
    [
      'Mobster, with a package of the base that was removed',
      rpm,
      mobster({ base: ['pkg:rpm/rhel/dnf@4.14-17.el9?arch=noarch'] }),
    ],
    [
      'Mobster in CycloneDX, with what cachi2 has fetched',
      rpm,
      {
        ...cyclonedx(RPM_URLS),
        components: [
          ...cyclonedx(RPM_URLS).components,
          ...cyclonedx([PREFETCHED], {}, { properties: [{ name: 'cachi2:found_by', value: 'cachi2' }] })
            .components,
        ],
        formulation: [{ components: [{ type: 'container', name: 'go', purl: 'pkg:oci/go@1' }] }],
      },
    ],
    ['BuildKit: the predicate of a statement', deb, statement(syftSpdx(DEB_URLS))],
    [
      'a statement of the index that the image is in',
      deb,
      statement(syftSpdx(DEB_URLS), OTHER),
      `sha256:${OTHER}`,
    ],
    ['cosign: an envelope', deb, envelope(statement(syftSpdx(DEB_URLS)))],
    ['cosign: a bundle', deb, { mediaType: 'x', dsseEnvelope: envelope(statement(cyclonedx(DEB_URLS))) }],
    [
      'older cosign: the document as a text',
      deb,
      statement({ Data: JSON.stringify(syftSpdx(DEB_URLS)), Timestamp: 'x' }),
    ],
    [
      'apko: the image has layers, and those packages',
      apk,
      spdx(
        [
          element('Image', ['pkg:oci/image@' + digest]),
          element('layer', ['pkg:oci/layer@1']),
          ...contained(APK_URLS).packages,
        ],
        [describes, relates('Image', 'CONTAINS', 'layer'), ...contained(APK_URLS, 'layer').relationships],
        { documentDescribes: ['SPDXRef-Image'] },
      ),
    ],
    [
      'melange: what is described is the package, and it is generated from its source',
      inventoryWith(ALPINE, [{ name: 'musl', version: '1.2.5-r0', architecture: 'x86_64' }]),
      spdx(
        [
          element('musl', [APK_URLS[0] ?? '']),
          element('src', ['pkg:github/bminor/musl@v1.2.5']),
          element('file', []),
        ],
        [relates('musl', 'GENERATED_FROM', 'src'), relates('musl', 'CONTAINS', 'file')],
        { documentDescribes: ['SPDXRef-musl'] },
      ),
    ],
    [
      'every package is described',
      deb,
      spdx(
        contained(DEB_URLS).packages,
        DEB_URLS.map((_, at) => relates('DOCUMENT', 'DESCRIBES', `p${at}`)),
      ),
    ],
    ['a list without any relationship', deb, spdx(contained(DEB_URLS).packages, [])],
    [
      'relationships from the part to the whole',
      deb,
      spdx(
        [element('Image'), ...contained(DEB_URLS).packages],
        [
          relates('Image', 'DESCRIBED_BY', 'DOCUMENT'),
          ...DEB_URLS.map((_, at) => relates(`p${at}`, 'CONTAINED_BY', 'Image')),
        ],
      ),
    ],
    ['kubernetes bom: names and versions in place of package URLs', deb, bom(deb)],
    [
      'components within components, and the system they are of',
      deb,
      {
        ...{ bomFormat: 'CycloneDX', specVersion: '1.5' },
        metadata: {
          component: { type: 'container', name: 'app', hashes: [{ alg: 'SHA-256', content: HEX }] },
        },
        components: [
          {
            type: 'operating-system',
            name: 'debian',
            version: '12',
            components: cyclonedx(DEB_URLS).components,
          },
        ],
      },
    ],
    [
      'a relationship with a name of every object of JavaScript',
      deb,
      spdx(
        [
          ...contained(DEB_URLS).packages,
          element('Image'),
          element('bash', ['pkg:deb/debian/bash@5?arch=amd64']),
        ],
        [describes, ...contained(DEB_URLS).relationships, relates('bash', 'constructor', 'Image')],
      ),
    ],
  ])('%s', (_, image, document, index) => {
    expect(lines(image, document, index ?? null)).toEqual([]);
  });
});

describe('a document that says something else', () => {
  const missing = ['not in the SBOM: bind-libs 32:9.16.23-24.el9 (x86_64)'];
  test.each<[string, Inventory, unknown, string[]]>([
    [
      'a package only in the builder',
      rpm,
      mobster({ own: RPM_URLS.slice(0, 1), builder: RPM_URLS.slice(1) }),
      missing,
    ],
    [
      'a package that CycloneDX excludes',
      rpm,
      cyclonedx(RPM_URLS.slice(0, 1), {
        components: [
          ...cyclonedx(RPM_URLS.slice(0, 1)).components,
          ...cyclonedx(RPM_URLS.slice(1), {}, { scope: 'excluded' }).components,
        ],
      }),
      missing,
    ],
    [
      'a package only as source',
      rpm,
      cyclonedx([RPM_URLS[0] ?? '', 'pkg:rpm/rhel/bind-libs@9.16.23-24.el9?arch=src&epoch=32']),
      missing,
    ],
    [
      'a package only in another image of the document',
      rpm,
      cyclonedx(RPM_URLS.slice(0, 1), {
        components: [
          ...cyclonedx(RPM_URLS.slice(0, 1)).components,
          {
            type: 'container',
            name: 'x',
            version: `sha256:${OTHER}`,
            components: cyclonedx(RPM_URLS.slice(1)).components,
          },
        ],
      }),
      missing,
    ],
    [
      'a package more that nobody has fetched',
      rpm,
      syftSpdx([...RPM_URLS, PREFETCHED]),
      ['not in the image: gcc 11.5-2.el9 (x86_64)'],
    ],
    [
      'without the epoch',
      rpm,
      cyclonedx([RPM_URLS[0] ?? '', (RPM_URLS[1] ?? '').replace('&epoch=32', '')]),
      ['bind-libs: 32:9.16.23-24.el9 in the image, 9.16.23-24.el9 in the SBOM'],
    ],
    [
      'of another architecture',
      rpm,
      cyclonedx(RPM_URLS.map((url) => url.replace('x86_64', 'aarch64'))),
      [
        'bash: 5.1.8-9.el9 (x86_64) in the image, 5.1.8-9.el9 (aarch64) in the SBOM',
        'bind-libs: 32:9.16.23-24.el9 (x86_64) in the image, 32:9.16.23-24.el9 (aarch64) in the SBOM',
      ],
    ],
    [
      'a statement of another image',
      deb,
      envelope(statement(syftSpdx(DEB_URLS), OTHER)),
      [`the SBOM is about sha256:${OTHER}, which is another image`],
    ],
    [
      'a root of another image',
      deb,
      cyclonedx(DEB_URLS, {
        metadata: { component: { type: 'container', name: 'x', version: `sha256:${OTHER}` } },
      }),
      [`the SBOM is about sha256:${OTHER}, which is another image`],
    ],
    [
      'a base without digest, named from the base',
      rpm,
      spdx(
        [element('Image'), element('ubi9', ['pkg:oci/ubi9@9.5']), ...contained(RPM_URLS).packages],
        [describes, ...contained(RPM_URLS).relationships, relates('ubi9', 'ANCESTOR_OF', 'Image')],
      ),
      ['the base ubi9 is named without a digest'],
    ],
    [
      'a name and another version',
      deb,
      bom(deb, '9'),
      [
        'not in the SBOM: libstdc++6 12.2.0-14+deb12u1 (amd64)',
        'not in the SBOM: tzdata 2024a-0+deb12u1 (all)',
        'not in the SBOM: zlib1g 1:1.2.13.dfsg-1 (amd64)',
      ],
    ],
    [
      'nothing',
      apk,
      cyclonedx([]),
      ['not in the SBOM: R 4.4.0-r1 (x86_64)', 'not in the SBOM: musl 1.2.5-r0 (x86_64)'],
    ],
  ])('%s', (_, image, document, expected) => {
    expect(lines(image, document)).toEqual(expected);
  });
});
