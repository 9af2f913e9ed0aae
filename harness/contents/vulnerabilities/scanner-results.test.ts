import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEBIAN, fixedIn, inventoryWith, osv, writeDocuments } from '../../testing/contents/advisories.ts';
import { scratch } from '../../testing/oci/image.ts';
import { assess } from './assess.ts';

const image = inventoryWith(DEBIAN, [
  { name: 'a', version: '1' },
  { name: 'b', version: '1' },
]);
const component = (name: string, version = '1') => ({
  ...{ 'bom-ref': `${name}-ref`, type: 'library', name, version },
  purl: `pkg:deb/debian/${name}@${version}?arch=amd64`,
});
const ALL = [component('a'), component('b')];
const found = (id: string, ref: string, more: object = {}) => ({ id, affects: [{ ref }], ...more });

async function assessed(results: object, policy: object = {}) {
  await using folder = await scratch();
  const record = osv('CVE-2026-1', { ecosystem: 'Debian:12', name: 'a', events: fixedIn('2') });
  const advisories = await writeDocuments(join(folder.path, 'advisories'), { 'a.json': record });
  const path = join(folder.path, 'results.json');
  await writeFile(
    path,
    JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: ALL, ...results }),
  );
  const given = { advisories, vex: null, results: { path, where: 'results.json' } };
  const standard = { severity: 'negligible' as const, fixable: false, grace: 0, maxAge: 7 };
  return await assess(image, given, { ...standard, now: new Date('2026-11-21T00:00:00Z'), ...policy });
}

test('what a scanner found counts beside the advisories, and where they disagree is told', async () => {
  const vulnerabilities = [
    found('CVE-2026-2', 'b-ref', { ratings: [{ severity: 'high' }] }),
    found('GHSA-1', 'a-ref', { references: [{ id: 'CVE-2026-1' }] }),
    found('CVE-2026-3', 'a-ref', { analysis: { state: 'not_affected' } }),
  ];
  expect(await assessed({ vulnerabilities })).toMatchObject({
    counted: [
      { id: 'CVE-2026-1', package: 'a', advisories: ['CVE-2026-1', 'scanner'], fixedIn: '2' },
      { id: 'CVE-2026-2', package: 'b', severity: 'high', fixedIn: null },
    ],
    disagreement: { onlyScanner: ['CVE-2026-2 b'], onlyAdvisories: [] },
  });
  expect(await assessed({ vulnerabilities: [] })).toMatchObject({
    counted: [{ id: 'CVE-2026-1' }],
    disagreement: { onlyAdvisories: ['CVE-2026-1 a'] },
  });
  expect((await assessed({ vulnerabilities: [{ id: 'CVE-2026-9' }] })).counted).toHaveLength(2);
});

test.each<[why: string, results: object, told: string]>([
  ['of nothing', { components: [], vulnerabilities: [] }, 'not in the SBOM: a 1'],
  ['that misses a package', { components: ALL.slice(1), vulnerabilities: [] }, 'not in the SBOM: a 1'],
  [
    'of another version',
    { components: [component('a', '2'), component('b')], vulnerabilities: [] },
    'a: 1 in the image',
  ],
  [
    'of another image',
    {
      vulnerabilities: [],
      metadata: { component: { type: 'container', name: 'x', version: `sha256:${'b'.repeat(64)}` } },
    },
    'another image',
  ],
])('a scan %s is unknown', async (_, results, told) => {
  const error: unknown = await assessed(results).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'unknown', where: 'results.json' });
  expect(String(error)).toContain(told);
});

test('a document without results is none', async () => {
  await expect(assessed({})).rejects.toMatchObject({ code: 'catalog-invalid', where: 'results.json' });
});
