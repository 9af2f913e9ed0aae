import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TwinBuild } from '../rebuild/types.ts';
import { fixedIn, osv } from '../testing/contents/advisories.ts';
import { file, installed, OS_RELEASE } from '../testing/contents/contents.ts';
import { elf } from '../testing/contents/made-image.ts';
import type { NamedLock } from '../lock/types.ts';
import { openImage } from '../oci/open.ts';
import { scratch, writeLayout } from '../testing/oci/image.ts';
import { tar, type TestEntry } from '../testing/oci/tar/tar.ts';
import { testSubject } from '../testing/plan/subject.ts';
import { minimal } from './minimal.ts';
import { origin } from './origin.ts';
import { sbom } from './sbom.ts';
import { vulnerabilities } from './vulnerabilities.ts';
import type { Claim, ClaimContext } from './types.ts';

const lock = (versions: Record<string, [evr: string, repoid: string]>): NamedLock => ({
  ...{ kind: 'deb', path: 'debs.lock.yaml', digest: 'sha256:0', origins: [], expiredReleases: [] },
  arches: [
    {
      ...{ arch: 'amd64', source: [], moduleMetadata: [] },
      packages: Object.entries(versions).map(([name, [evr, repoid]]) => ({
        url: `https://x/${name}`,
        name,
        evr,
        repoid,
      })),
    },
  ],
});

/** What a claim says of an image with these entries; only what these two claims look at is there. */
async function checked(claim: Claim, entries: TestEntry[], more: Partial<ClaimContext>) {
  await using folder = await scratch();
  const layout = await writeLayout(folder.path, {
    layers: [tar(entries)],
    config: { config: { User: '65532' } },
  });
  const opened = await openImage(layout);
  const outcome = { built: true as const, layout: folder.path };
  const context: Partial<ClaimContext> = {
    subject: testSubject('x'),
    builds: [{ twin: 'A', outcome } as unknown as TwinBuild],
    inputs: { folder: null, files: 1, bytes: 1, unverified: [], unsized: 0 },
    image: () => Promise.resolve(opened),
    ...{ buildEvidence: [], lock: null, options: {} },
    ...more,
  };
  try {
    return await claim.check(context as ClaimContext);
  } finally {
    await opened.close();
  }
}

const shell: TestEntry = { name: 'bin/sh', content: 'x', mode: 0o755 };

test('minimal: a shell fails by its path and kind, and is allowed by the policy of builders', async () => {
  expect(await checked(minimal, [file('app')], {})).toMatchObject({ verdict: 'pass' });
  expect(await checked(minimal, [shell], {})).toMatchObject({
    verdict: 'fail',
    summary: 'bin/sh: shell sh, by its name',
    failures: [{ place: 'bin/sh', causes: ['shell'] }],
  });
  expect(await checked(minimal, [shell], { options: { policy: 'builder' } })).toMatchObject({
    verdict: 'pass',
  });
});

const two = installed({ a: { version: '1', files: [] }, b: { version: '1', files: [] } });
const options = { from: 'main', atLeast: 0.5 };

test('origin: the share decides, both denominators are told, and nothing is held by unverified files', async () => {
  const half = lock({ a: ['1', 'main'], b: ['1', 'other'] });
  expect(await checked(origin, two, { lock: half, options })).toMatchObject({
    verdict: 'pass',
    summary: '50 % of 2 source packages (50 % of 2 binary packages) are from main, by its lock',
    detail: { source: { from: 1, total: 2 }, binary: { from: 1, total: 2 }, others: ['b (other)'] },
  });
  const more = { from: 'main', atLeast: 0.51 };
  expect(await checked(origin, two, { lock: half, options: more })).toMatchObject({ verdict: 'fail' });
  const inputs = {
    folder: null,
    files: 1,
    bytes: 1,
    unverified: [{ file: 'a', why: 'no checksum' }],
    unsized: 0,
  };
  expect(await checked(origin, two, { lock: half, options, inputs })).toMatchObject({
    verdict: 'error',
    error: { code: 'input-unverified' },
  });
});

test('origin: undecided without packages, or without saying where from', async () => {
  const all = lock({ a: ['1', 'main'] });
  expect(await checked(origin, [file('app')], { lock: all, options })).toMatchObject({
    error: { code: 'unsupported' },
  });
  expect(await checked(origin, two, { lock: all })).toMatchObject({ error: { code: 'catalog-invalid' } });
});

/** A CycloneDX document with these packages. */
const cycloneDx = (packages: Record<string, string>, metadata: object = {}): string =>
  JSON.stringify({
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', metadata },
    components: Object.entries(packages).map(([name, version]) => ({
      ...{ type: 'library', name, version, purl: `pkg:deb/debian/${name}@${version}?arch=amd64` },
    })),
  });

async function withDocument(text: string) {
  await using folder = await scratch();
  const document = join(folder.path, 'app.cdx.json');
  await writeFile(document, text);
  const subject = testSubject('x', { claimFiles: { sbom: { document } } });
  return await checked(sbom, two, { subject, options: { document: 'sbom/app.cdx.json' } });
}

test('sbom: a given document is checked against the image in both directions', async () => {
  expect(await withDocument(cycloneDx({ a: '1', b: '1' }))).toMatchObject({
    verdict: 'pass',
    summary:
      '2 packages, the same in the image and in the SBOM (CycloneDX 1.6); it does not say which image it is about',
  });
  expect(await withDocument(cycloneDx({ a: '2', c: '1' }))).toMatchObject({
    verdict: 'fail',
    summary: 'not in the SBOM: b 1 (amd64); not in the image: c 1 (amd64); a: 1 in the image, 2 in the SBOM',
    failures: [
      { place: 'b', causes: ['missing'] },
      { place: 'c', causes: ['extra'] },
      { place: 'a', causes: ['other-version'] },
    ],
  });
  const digest = `sha256:${'0'.repeat(64)}`;
  const component = { type: 'container', name: 'x', version: digest };
  expect(await withDocument(cycloneDx({ a: '1', b: '1' }, { component }))).toMatchObject({
    verdict: 'fail',
    failures: [{ place: digest, causes: ['other-subject'] }],
  });
  await expect(withDocument('{}')).rejects.toMatchObject({
    ...{ code: 'catalog-invalid', where: 'sbom/app.cdx.json' },
  });
});

test('sbom: those inside of the image are taken together, and one must be there', async () => {
  const one = file('var/lib/db/sbom/a.spdx.json', cycloneDx({ a: '1' }));
  const other = file('var/lib/db/sbom/b.spdx.json', cycloneDx({ b: '1' }));
  expect(await checked(sbom, [...two, one, other], {})).toMatchObject({ verdict: 'pass' });
  expect(await checked(sbom, [...two, one], {})).toMatchObject({
    verdict: 'fail',
    summary: 'not in the SBOM: b 1 (amd64)',
  });
  expect(await checked(sbom, two, {})).toMatchObject({
    verdict: 'fail',
    summary: 'the image carries no SBOM',
  });
  expect(await checked(sbom, [...two, file('srv/bom.json', 'x')], {})).toMatchObject({ verdict: 'fail' });
  expect(await checked(sbom, [file('app')], {})).toMatchObject({ error: { code: 'unsupported' } });
});

async function withAdvisories(documents: object[], more: object = {}, entries: TestEntry[] = []) {
  await using folder = await scratch();
  const advisories = join(folder.path, 'advisories');
  await mkdir(advisories);
  for (const [i, document] of documents.entries())
    await writeFile(join(advisories, `${i}.json`), JSON.stringify(document));
  const subject = testSubject('x', { claimFiles: { vulnerabilities: { advisories } } });
  return await checked(vulnerabilities, [OS_RELEASE, ...two, ...entries], {
    subject,
    options: { advisories: 'advisories', asOf: '2026-11-21', ...more },
  });
}

test('vulnerabilities: each is named, and where nothing is known it is undecided', async () => {
  const record = (version: string) =>
    osv('CVE-2026-1', { ecosystem: 'Debian:12', name: 'a', events: fixedIn(version) });
  expect(await withAdvisories([record('2')])).toMatchObject({
    verdict: 'fail',
    summary: 'CVE-2026-1 in a 1 (unknown, fixed in 2)',
    failures: [{ place: 'CVE-2026-1/a', causes: ['fix-available'] }],
    detail: { distribution: 'Debian:12', total: 1, newest: '2026-11-20T00:00:00.000Z' },
  });
  expect(await withAdvisories([record('1')])).toMatchObject({
    verdict: 'pass',
    summary:
      'no known vulnerability in 2 packages, by 1 advisories about Debian:12, the newest of 2026-11-20',
  });
  expect(
    await withAdvisories(
      [osv('CVE-2026-1', { ecosystem: 'Debian:12', name: 'a', events: [{ introduced: '0' }] })],
      {
        fixable: true,
      },
    ),
  ).toMatchObject({
    verdict: 'pass',
    summary: expect.stringMatching(
      /^no vulnerability that counts in 2 .*; 1 that the policy does not count$/,
    ) as string,
  });
  await expect(withAdvisories([])).rejects.toMatchObject({ code: 'unknown' });
  await expect(withAdvisories([record('1')], { asOf: '2026-12-21' })).rejects.toMatchObject({
    code: 'unknown',
  });
  expect(await withAdvisories([osv('CVE-2026-1', { ecosystem: 'Debian:12', name: 'a' })])).toMatchObject({
    verdict: 'error',
    error: { code: 'unknown' },
  });
  expect(await checked(vulnerabilities, two, {})).toMatchObject({ error: { code: 'catalog-invalid' } });
});

test('vulnerabilities: packages of languages are not taken for looked at', async () => {
  const record = osv('CVE-2026-1', { ecosystem: 'Debian:12', name: 'a', events: fixedIn('1') });
  const own = [file('app/node_modules/@x/y/package.json', '{}')];
  expect(await withAdvisories([record], {}, own)).toMatchObject({
    verdict: 'error',
    error: {
      code: 'unknown',
      message:
        'nothing is known of packages of npm (1, such as app/node_modules/@x/y/package.json): they do not say which packages they bring',
    },
  });
  expect(await withAdvisories([record], { languages: 'ignored' }, own)).toMatchObject({
    verdict: 'pass',
    summary: expect.stringContaining('not looked at: packages of npm (1, such as') as string,
  });
  const named = [file('app/node_modules/@x/y/package.json', '{"name":"@x/y","version":"1.0.0"}')];
  const npm = (fix: string) => osv('GHSA-1', { ecosystem: 'npm', name: '@x/y', events: fixedIn(fix) });
  expect(await withAdvisories([record], {}, named)).toMatchObject({
    error: { code: 'unknown', message: expect.stringContaining('there is no advisory about npm') as string },
  });
  expect(await withAdvisories([record, npm('1.0.0')], {}, named)).toMatchObject({
    ...{ verdict: 'pass', summary: expect.stringContaining('and 1 of npm') as string },
  });
  expect(await withAdvisories([record, npm('1.0.1')], {}, named)).toMatchObject({
    ...{ verdict: 'fail', failures: [{ place: 'GHSA-1/@x/y', causes: ['fix-available'] }] },
  });
  const packaged = installed({
    a: { version: '1', files: ['usr/lib/node_modules/z/package.json'] },
    b: { version: '1', files: [] },
  });
  const theirs = [...packaged.slice(1, 2), file('usr/lib/node_modules/z/package.json', '{}')];
  expect(await withAdvisories([record], {}, theirs)).toMatchObject({ verdict: 'pass' });
});

test('vulnerabilities: programs that no package brings are not taken for looked at', async () => {
  const record = osv('CVE-2026-1', { ecosystem: 'Debian:12', name: 'a', events: fixedIn('1') });
  const bytes = (name: string, content: Buffer): TestEntry => ({ name, content });
  const go = Buffer.concat([elf(), Buffer.from('\xff Go buildinf:', 'latin1')]);
  const brought = [
    bytes('opt/agent', go),
    bytes('opt/lib/libx.so.1', elf()),
    file('opt/lib/note', 'text'),
    file('opt/empty', ''),
  ];
  expect(await withAdvisories([record], {}, brought)).toMatchObject({
    error: {
      code: 'unknown',
      message:
        'nothing is known of packages of Go (1, such as opt/agent), programs of no package (1, such as opt/lib/libx.so.1): they do not say which packages they bring',
    },
  });
  expect(await withAdvisories([record], { languages: 'ignored' }, brought)).toMatchObject({
    verdict: 'pass',
  });
  expect(await withAdvisories([record], {}, brought.slice(2))).toMatchObject({ verdict: 'pass' });
  // Its path in the archive leads through a link.
  const linked: TestEntry[] = [{ name: 'sbin', type: 'symlink', linkname: 'opt' }, bytes('sbin/agent', go)];
  expect(await withAdvisories([record], {}, linked)).toMatchObject({
    error: { message: expect.stringContaining('such as opt/agent') as string },
  });
  const packaged = installed({ a: { version: '1', files: ['opt/agent'] }, b: { version: '1', files: [] } });
  const theirs = [...packaged.slice(1, 2), bytes('opt/agent', go)];
  expect(await withAdvisories([record], {}, theirs)).toMatchObject({ verdict: 'pass' });
});
