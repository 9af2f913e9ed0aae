import { expect, test } from 'vitest';
import {
  assessed,
  counted,
  DEBIAN,
  digest,
  type Documents,
  fixedIn,
  inventoryWith,
  osv,
  RHEL,
} from '../../testing/contents/advisories.ts';

/** What statements of others must not take back. */

const image = inventoryWith(DEBIAN, [{ name: 'openssl', version: '3.0.11-1' }]);
const advisories = {
  'a.json': osv('CVE-2026-1', { ecosystem: 'Debian:12', name: 'openssl', events: fixedIn('4') }),
};
const PURL = 'pkg:deb/debian/openssl';

const statement = (more: object = {}): object => ({
  ...{ vulnerability: { name: 'CVE-2026-1' }, products: [{ '@id': PURL }] },
  ...{ status: 'not_affected', justification: 'component_not_present', ...more },
});
const vex = (statements: object[], more: object = {}): object => ({
  ...{ '@context': 'https://openvex.dev/ns/v0.2.0', '@id': 'https://x/1', version: 1 },
  ...{ timestamp: '2026-11-01T00:00:00Z', statements, ...more },
});
const left = (documents: Documents) => counted(image, { advisories, vex: documents });

test.each<[what: string, documents: Documents]>([
  [
    'a document whose next release no longer says it',
    { 'a.json': vex([statement()]), 'b.json': vex([], { version: 2 }) },
  ],
  [
    'a document that was touched after another spoke',
    {
      'a.json': vex([statement()], { last_updated: '2026-11-19T00:00:00Z' }),
      'b.json': vex([statement({ status: 'affected' })], {
        '@id': 'https://x/2',
        timestamp: '2026-11-10T00:00:00Z',
      }),
    },
  ],
  [
    'a statement that was edited after another spoke',
    {
      'a.json': vex([
        statement({ last_updated: '2026-11-19T00:00:00Z' }),
        statement({ status: 'affected', timestamp: '2026-11-10T00:00:00Z' }),
      ]),
    },
  ],
  [
    'a later statement without a time of its own',
    {
      'a.json': vex([
        statement({ timestamp: '2026-10-01T00:00:00Z' }),
        statement({ status: 'under_investigation' }),
      ]),
    },
  ],
  [
    'against one whose time cannot be read',
    { 'a.json': vex([statement(), statement({ status: 'affected', timestamp: 'yesterday' })]) },
  ],
  ['a reason that is none', { 'a.json': vex([statement({ justification: 'because' })]) }],
  [
    'an impact statement of spaces',
    { 'a.json': vex([statement({ justification: undefined, impact_statement: ' ' })]) },
  ],
  ['a folder of the package', { 'a.json': vex([statement({ products: [{ '@id': `${PURL}#docs` }] })]) }],
  [
    'another distribution',
    { 'a.json': vex([statement({ products: [{ '@id': `${PURL}?distro=debian-11` }] })]) },
  ],
  [
    'an image of which another digest is named',
    {
      'a.json': vex([
        statement({ products: [{ '@id': 'pkg:oci/x@sha256%3Abb', subcomponents: [{ '@id': PURL }] }] }),
      ]),
    },
  ],
  [
    'another part of the image',
    {
      'a.json': vex([
        statement({ products: [{ '@id': digest, subcomponents: [{ '@id': 'pkg:deb/debian/bash' }] }] }),
      ]),
    },
  ],
  [
    'a part that nothing identifies',
    { 'a.json': vex([statement({ products: [{ '@id': digest, subcomponents: [{}] }] })]) },
  ],
  [
    'a digest at the end of a package URL of something else',
    { 'a.json': vex([statement({ products: [{ '@id': `pkg:generic/x?y=@${digest}` }] })]) },
  ],
])('takes nothing back: %s', async (_, documents) => {
  expect(await left(documents)).toHaveLength(1);
});

test.each<[what: string, documents: Documents]>([
  [
    'the next release of a document that says it first',
    { 'a.json': vex([]), 'b.json': vex([statement()], { version: 2 }) },
  ],
  [
    'affected first, fixed later',
    {
      'a.json': vex([
        statement({ status: 'affected' }),
        statement({ status: 'fixed', timestamp: '2026-11-10T00:00:00Z' }),
      ]),
    },
  ],
  [
    'an alias',
    { 'a.json': vex([statement({ vulnerability: { name: 'GHSA-1', aliases: ['CVE-2026-1'] } })]) },
  ],
  [
    'a subcomponent as text',
    { 'a.json': vex([statement({ products: [{ '@id': digest, subcomponents: [PURL] }] })]) },
  ],
  [
    'words in place of a justification',
    { 'a.json': vex([statement({ justification: undefined, impact_statement: 'not built in' })]) },
  ],
])('takes it back: %s', async (_, documents) => {
  expect(await left(documents)).toEqual([]);
});

const CSAF_PRODUCT = 'pkg:rpm/redhat/zlib';

/** Not affected, by a branch of the category. */
const csaf = (more: {
  branch?: string;
  purl?: string;
  flags?: object[];
  category?: string;
  tracking?: object;
}): object => {
  const {
    branch = 'product_version zlib',
    purl = CSAF_PRODUCT,
    flags = [{ label: 'component_not_present' }],
  } = more;
  const [category = '', ...name] = branch.split(' ');
  return {
    document: {
      ...{
        category: more.category ?? 'csaf_vex',
        csaf_version: '2.0',
        publisher: { namespace: 'https://x' },
      },
      tracking: { id: 'V', current_release_date: '2026-11-01T00:00:00Z', version: '1', ...more.tracking },
    },
    product_tree: {
      branches: [
        {
          category: 'product_name',
          name: 'P',
          product: {
            name: 'P',
            product_id: 'P',
            product_identification_helper: { cpe: 'cpe:/o:redhat:enterprise_linux:9' },
          },
        },
        {
          category,
          name: name.join(' '),
          product: { name: 'zlib', product_id: 'zlib', product_identification_helper: { purl } },
        },
      ],
      relationships: [
        {
          category: 'default_component_of',
          full_product_name: { name: 'x', product_id: 'P:zlib' },
          product_reference: 'zlib',
          relates_to_product_reference: 'P',
        },
      ],
    },
    vulnerabilities: [{ cve: 'CVE-2026-1', product_status: { known_not_affected: ['P:zlib'] }, flags }],
  };
};
const zlib = inventoryWith(RHEL, [
  { name: 'zlib', version: '1.2.11-40.el9', purl: 'pkg:rpm/rhel/zlib@1.2.11-40.el9?arch=x86_64' },
]);
const ofCsaf = async (...documents: object[]) =>
  (
    await assessed(zlib, {
      advisories: {
        'a.json': osv('CVE-2026-1', {
          ecosystem: 'Red Hat:enterprise_linux:9',
          name: 'zlib',
          events: fixedIn('4'),
        }),
      },
      vex: Object.fromEntries(documents.map((one, i) => [`${i}.json`, one])),
    })
  ).counted.length;

test.each<[what: string, count: number, documents: object[]]>([
  ['with a flag', 0, [csaf({})]],
  ['without a reason, in VEX', 1, [csaf({ flags: [] })]],
  ['without a reason, in an advisory', 0, [csaf({ flags: [], category: 'csaf_security_advisory' })]],
  [
    'with a flag of another product',
    1,
    [csaf({ flags: [{ label: 'component_not_present', product_ids: ['other'] }] })],
  ],
  ['of a range of versions that has it', 0, [csaf({ branch: 'product_version_range vers:rpm/<1.2.12' })]],
  ['of a range of versions that has it not', 1, [csaf({ branch: 'product_version_range vers:rpm/<1.2.11' })]],
  ['of versions in words', 1, [csaf({ branch: 'product_version_range older ones' })]],
  ['of a version by its branch', 1, [csaf({ branch: 'product_version 1.2.11-39.el9' })]],
  ['of a draft', 1, [csaf({ tracking: { status: 'draft' } })]],
  ['that was taken back', 1, [csaf({ category: 'csaf_withdrawn' })]],
  [
    'that a later release does not say',
    1,
    [csaf({}), { ...csaf({ tracking: { version: '2' } }), vulnerabilities: [] }],
  ],
  ['of the source', 1, [csaf({ purl: `${CSAF_PRODUCT}?arch=src` })]],
])('a CSAF statement %s', async (_, count, documents) => {
  expect(await ofCsaf(...documents)).toBe(count);
});
