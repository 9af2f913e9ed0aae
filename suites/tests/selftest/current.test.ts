import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { current } from '../../../harness/claims/current.ts';
import type { ClaimContext } from '../../../harness/claims/types.ts';
import { startServer } from '../../../harness/fetch/testing/server.ts';
import type { NamedLock } from '../../../harness/lock/types.ts';
import { openImage } from '../../../harness/oci/open.ts';
import type { TwinBuild } from '../../../harness/rebuild/types.ts';
import { file, installed } from '../../../harness/testing/contents/contents.ts';
import { scratch, writeLayout } from '../../../harness/testing/oci/image.ts';
import { tar } from '../../../harness/testing/oci/tar/tar.ts';
import { testSubject } from '../../../harness/testing/plan/subject.ts';
import { type DebRepository, makeDebRepository, sumOf } from './deb-repository.ts';
import { answersOf } from './rpm-repository.ts';
import { temporaryFolder } from './support.ts';

let base: Awaited<ReturnType<typeof temporaryFolder>>;
let repository: DebRepository;
beforeAll(async () => {
  base = await temporaryFolder();
  repository = await makeDebRepository(join(base.path, 'archive'), [
    { name: 'app', version: '2.0-1' },
    { name: 'app', version: '2.0-2' },
    { name: 'library', version: '1:1-1' },
  ]);
});
afterAll(() => base[Symbol.asyncDispose]());

/** What the claim says of an image with these packages, whose lock is from the repository. */
async function checked(versions: Record<string, string>, options: Record<string, unknown> = {}) {
  const answers = await answersOf(repository.folder, '');
  await using server = await startServer(answers);
  await using folder = await scratch();
  const { size, sha256 } = await sumOf(join(repository.folder, repository.keyring));
  const keyring = `{ url: '${server.url}${repository.keyring}', size: ${size}, checksum: 'sha256:${sha256}' }`;
  await writeFile(
    join(folder.path, 'debs.in.yaml'),
    `contentOrigin: { repos: [{ repoid: tiny, baseurl: '${server.url}', suite: tiny, keyring: ${keyring} }] }\narches: [amd64]\npackages: [app]\n`,
  );
  const packages = Object.fromEntries(
    Object.entries(versions).map(([name, version]) => [name, { version, files: [] }]),
  );
  const layer = Object.keys(packages).length === 0 ? [file('app')] : installed(packages);
  const image = await openImage(await writeLayout(folder.path, { layers: [tar(layer)] }));
  const lock = { kind: 'deb', path: join(folder.path, 'debs.lock.yaml'), arches: [] } as unknown as NamedLock;
  const context: Partial<ClaimContext> = {
    ...{ subject: testSubject('x'), lock, buildEvidence: [], options },
    builds: [{ twin: 'A', outcome: { built: true, layout: folder.path } } as unknown as TwinBuild],
    image: () => Promise.resolve(image),
  };
  try {
    return await current.check(context as ClaimContext);
  } finally {
    await image.close();
  }
}

test('a newer version in the signed index of the repository makes a rebuild due', async () => {
  expect(await checked({ app: '2.0-1', library: '1:1-1' })).toMatchObject({
    verdict: 'fail',
    summary: expect.stringMatching(/^a rebuild is due as of .*: app 2\.0-1 → 2\.0-2 \(tiny\)$/) as string,
    failures: [{ place: 'app', causes: ['due'] }],
  });
  expect(await checked({ app: '2.0-2', library: '1:1-1' })).toMatchObject({
    verdict: 'pass',
    summary: expect.stringMatching(/^2 packages, none with a newer version as of /) as string,
  });
});

test('undecided: a package that no repository has, no packages, another time of a repository of one’s own', async () => {
  expect(await checked({ app: '2.0-2', own: '1' })).toMatchObject({ error: { code: 'unknown' } });
  expect(await checked({})).toMatchObject({ error: { code: 'unsupported' } });
  await expect(checked({ app: '2.0-2' }, { asOf: '2026-11-21' })).rejects.toMatchObject({
    code: 'unsupported',
  });
});
