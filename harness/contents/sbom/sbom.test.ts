import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OS_RELEASE, file, installed, inventory } from '../../testing/contents/contents.ts';
import type { Inventory } from '../types.ts';
import { compareSbom, deviates, deviationLines, sbomCheck, sbomCheckSchema } from './compare.ts';
import { cycloneDxDocument } from './cyclonedx.ts';
import { readSbom } from './read.ts';
import { spdxDocument } from './spdx.ts';

const image = (packages: Record<string, string>): Promise<Inventory> =>
  inventory([
    [
      OS_RELEASE,
      ...installed(
        Object.fromEntries(Object.entries(packages).map(([name, version]) => [name, { version, files: [] }])),
      ),
    ],
  ]);

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const lines = (found: Inventory, document: unknown): string[] =>
  deviationLines(
    compareSbom(found, readSbom(Buffer.isBuffer(document) ? document : bytes(document), 'x.json')),
  );

const url = (name: string, version: string): string =>
  `pkg:deb/debian/${name}@${version}?arch=amd64&distro=debian-12`;
const component = (name: string, version: string) => ({
  type: 'library',
  name,
  version,
  purl: url(name, version),
});
const cycloneDx = (components: unknown[], more: object = {}) => ({
  ...{ bomFormat: 'CycloneDX', specVersion: '1.6', components },
  ...more,
});

describe.each([
  ['SPDX', spdxDocument],
  ['CycloneDX', cycloneDxDocument],
])('%s', (_, write) => {
  test('says of an image what is in it, with the same bytes each time', async () => {
    const found = await image({ libc6: '2.36-9', 'libstdc++6': '1:12.2~rc1+b1' });
    const document = write(found, 'quay.io/org/app:1');
    expect(write(found, 'quay.io/org/app:1')).toBe(document);
    expect(lines(found, Buffer.from(document))).toEqual([]);
    expect(readSbom(Buffer.from(document), 'x').subjects).toEqual([found.image.manifest]);
  });

  test('of any packages', async () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,12}$/);
    const version = fc.stringMatching(/^([1-9]:)?[0-9][a-z0-9.+~]{0,8}$/);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, version, { minKeys: 1, maxKeys: 6 }), async (packages) => {
        const found = await image(packages);
        expect(lines(found, Buffer.from(write(found, 'x')))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

test('both directions, versions, and which image it is about', async () => {
  const found = await image({ libc6: '2.36-9', zlib1g: '1:1.2' });
  const both = [component('libc6', '2.36-9'), component('zlib1g', '1:1.2')];
  expect(lines(found, cycloneDx(both))).toEqual([]);
  expect(lines(found, cycloneDx(both.slice(1)))).toEqual(['not in the SBOM: libc6 2.36-9 (amd64)']);
  expect(lines(found, cycloneDx([...both, component('bash', '5')]))).toEqual([
    'not in the image: bash 5 (amd64)',
  ]);
  expect(lines(found, cycloneDx([component('libc6', '2.36-8'), both[1]]))).toEqual([
    'libc6: 2.36-9 in the image, 2.36-8 in the SBOM',
  ]);
  // An epoch is part of a version; only 0 is as good as none.
  expect(lines(found, cycloneDx([component('libc6', '0:2.36-9'), component('zlib1g', '1.2')]))).toEqual([
    'zlib1g: 1:1.2 in the image, 1.2 in the SBOM',
  ]);
  const other = {
    metadata: { component: { type: 'container', name: 'app', version: `sha256:${'0'.repeat(64)}` } },
  };
  expect(lines(found, cycloneDx(both, other))).toEqual([
    `the SBOM is about sha256:${'0'.repeat(64)}, which is another image`,
  ]);
  const ours = { metadata: { component: { type: 'container', name: 'app', version: found.image.manifest } } };
  expect(deviates(compareSbom(found, readSbom(bytes(cycloneDx(both, ours)), 'x')))).toBe(false);
  expect(lines(found, cycloneDx([...both, { type: 'container', name: 'base:latest' }]))).toEqual([
    'the base base:latest is named without a digest',
  ]);
});

test('a package that two databases of an image list is one', async () => {
  const found = await inventory([
    [
      ...installed({ libc6: { version: '1', files: [] } }),
      file('var/lib/dpkg/status.d/libc6', 'Package: libc6\nVersion: 1\nArchitecture: amd64\n'),
    ],
  ]);
  expect(found.packages).toHaveLength(2);
  expect(lines(found, Buffer.from(spdxDocument(found, 'x')))).toEqual([]);
});

test('an SBOM may be the predicate of a statement, whose subject then counts', async () => {
  const found = await image({ libc6: '1' });
  const statement = (sha256: string) => ({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'app', digest: { sha256 } }],
    predicateType: 'https://cyclonedx.org/bom',
    predicate: cycloneDx([component('libc6', '1')]),
  });
  expect(lines(found, statement(found.image.manifest.slice(7)))).toEqual([]);
  expect(lines(found, statement('1'.repeat(64)))).toHaveLength(1);
});

/** As Mobster merges them: packages of the image, of the builder and of a base in one document. */
const merged = (name: string, version: string) => ({
  SPDXID: `SPDXRef-${name}`,
  name,
  versionInfo: version,
  externalRefs: [
    { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: url(name, version) },
  ],
});
const relation = (spdxElementId: string, relationshipType: string, relatedSpdxElement: string) => ({
  spdxElementId,
  relationshipType,
  relatedSpdxElement,
});

test('packages of builders and bases are told apart by relationship', async () => {
  const found = await image({ libc6: '1' });
  const packages = [
    { SPDXID: 'SPDXRef-image', name: 'app' },
    { SPDXID: 'SPDXRef-builder', name: 'builder' },
    {
      SPDXID: 'SPDXRef-base',
      name: 'base',
      checksums: [{ algorithm: 'SHA256', checksumValue: 'a'.repeat(64) }],
    },
    merged('libc6', '1'),
    merged('gcc', '12'),
  ];
  const relationships = [
    relation('SPDXRef-DOCUMENT', 'DESCRIBES', 'SPDXRef-image'),
    relation('SPDXRef-image', 'CONTAINS', 'SPDXRef-libc6'),
    relation('SPDXRef-builder', 'BUILD_TOOL_OF', 'SPDXRef-image'),
    relation('SPDXRef-builder', 'CONTAINS', 'SPDXRef-gcc'),
    relation('SPDXRef-image', 'DESCENDANT_OF', 'SPDXRef-base'),
  ];
  const document = { spdxVersion: 'SPDX-2.3', packages, relationships };
  expect(lines(found, document)).toEqual([]);
  const moved = relationships.map((one) =>
    one.relatedSpdxElement === 'SPDXRef-gcc' ? { ...one, spdxElementId: 'SPDXRef-image' } : one,
  );
  expect(lines(found, { ...document, relationships: moved })).toEqual(['not in the image: gcc 12 (amd64)']);
  const back = relationships.map((one) =>
    one.relatedSpdxElement === 'SPDXRef-libc6'
      ? relation('SPDXRef-libc6', 'CONTAINED_BY', 'SPDXRef-image')
      : one,
  );
  expect(lines(found, { ...document, relationships: back })).toEqual([]);
});

test.each([
  ['nonsense', 'this is no JSON'],
  ['{}', 'no SBOM that is read here: /spdxVersion'],
  ['{"spdxVersion":"SPDX-3.0"}', '/spdxVersion'],
  ['{"bomFormat":"CycloneDX","specVersion":"9"}', '/specVersion'],
  ['{"predicate":null}', 'no SBOM'],
  ['[]', 'no SBOM'],
])('%s is refused by name', (text, message) => {
  expect(() => readSbom(Buffer.from(text), 'x.json')).toThrow(message);
});

test('sbom-check.schema.json is that of the code (write it with --update), and describes a result', async () => {
  await expect(sbomCheckSchema()).toMatchFileSnapshot('./sbom-check.schema.json');
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(sbomCheckSchema()) as object);
  const found = await image({ libc6: '1' });
  const sbom = readSbom(bytes(cycloneDx([component('bash', '5')])), 'x');
  const result: unknown = JSON.parse(JSON.stringify(sbomCheck(found, sbom, compareSbom(found, sbom))));
  expect(validate(result), JSON.stringify(validate.errors)).toBe(true);
});
