import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratch } from '../testing/oci/image.ts';
import { type AuditOptions, audit, auditExitCode } from './audit.ts';
import type { AuditResult } from './result.ts';
import { type Konflux, konfluxStatement, spdxStatement } from '../testing/audit/konflux.ts';
import { DSSE, Published, attestation, envelope, statementAbout } from '../testing/audit/published.ts';

/** An image of two platforms as Konflux publishes it, right or wrong in one way, and all verdicts of its audit. */

const REPOSITORY = 'https://git.example/app';
const own = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

let shared: Awaited<ReturnType<typeof scratch>>;
let commit = '';
const checkout = (): string => join(shared.path, 'checkout');
const git = async (...args: string[]): Promise<string> =>
  (await execa('git', ['-C', checkout(), '-c', 'user.name=a', '-c', 'user.email=a@b', ...args])).stdout;

beforeAll(async () => {
  shared = await scratch();
  await execa('git', ['init', '-q', '-b', 'main', checkout()]);
  await writeFile(join(checkout(), 'Containerfile'), 'FROM base\n');
  await git('add', '.');
  await git('commit', '-q', '-m', 'one');
  commit = await git('rev-parse', 'HEAD');
  await writeFile(join(shared.path, 'key'), own.export({ type: 'pkcs8', format: 'pem' }));
});
afterAll(() => shared[Symbol.asyncDispose]());

interface World {
  world: Published;
  index: string;
  images: Record<string, string>;
  /** What is right; a case changes some of it. */
  given: Konflux;
}

interface Wrong {
  labels?: Record<string, string>;
  /** What the statement says. */
  says?: (world: World) => Partial<Konflux>;
  /** In place of the attestations that are pushed. */
  push?: (world: World) => Promise<void>;
  /** After everything was pushed. */
  then?: (world: World) => Promise<void>;
  options?: Partial<AuditOptions>;
}

async function push({ world, index, images }: World, statement: object, key = own): Promise<void> {
  await world.tag(index, 'att', attestation(JSON.stringify(statement), key));
  for (const digest of Object.values(images))
    await world.tag(digest, 'att', attestation(JSON.stringify(spdxStatement(digest)), own));
}

async function audited({ labels, says, push: pushes, then, options = {} }: Wrong): Promise<AuditResult> {
  await using folder = await scratch();
  const world = new Published(folder.path);
  const config = {
    config: {
      Labels: {
        'vcs-ref': commit,
        'org.opencontainers.image.source': REPOSITORY,
        release: '1700000000',
        ...labels,
      },
    },
  };
  const images: Record<string, string> = {};
  for (const platform of ['linux/amd64', 'linux/arm64'])
    images[platform] = await world.image(platform, { config });
  const index = await world.index();
  const given: Konflux = { index, images, commit, repository: REPOSITORY };
  const all = { world, index, images, given };
  await (pushes?.(all) ?? push(all, konfluxStatement({ ...given, ...says?.(all) })));
  await then?.(all);
  const key = join(shared.path, 'key');
  return await audit(`oci:${folder.path}:latest`, {
    claims: [],
    clone: false,
    rebuild: false,
    key,
    source: checkout(),
    ...options,
  });
}

const ALL = ['signed', 'provenance', 'coverage', 'source', 'builder', 'scans-not-empty'];
/** Those verdicts that are no pass; what is not done yet is the same in all. */
async function verdicts(wrong: Wrong): Promise<Record<string, string>> {
  const { claims } = await audited(wrong);
  const rest = claims
    .filter(({ claim }) => !ALL.includes(claim))
    .map(({ claim, verdict }) => `${claim} ${verdict}`);
  expect(rest).toEqual(['hermetic not-checked', 'self-consistent not-checked', 'published not-checked']);
  return Object.fromEntries(
    claims
      .filter(({ claim, verdict }) => ALL.includes(claim) && verdict !== 'pass')
      .map(({ claim, verdict }) => [claim, verdict]),
  );
}

const RESTS_ON = {
  coverage: 'not-checked',
  source: 'not-checked',
  builder: 'not-checked',
  'scans-not-empty': 'not-checked',
};
const REFUSED = { signed: 'fail', provenance: 'fail', ...RESTS_ON };
const NOWHERE = `sha256:${'0'.repeat(64)}`;

const WRONG: Record<string, [Wrong, Record<string, string>]> = {
  'nothing is wrong': [{}, {}],
  'signed with another key': [
    { push: (world) => push(world, konfluxStatement(world.given), other) },
    REFUSED,
  ],
  'a statement of another image': [
    { says: () => ({ index: NOWHERE, images: { 'linux/amd64': NOWHERE } }) },
    REFUSED,
  ],
  'no statement at all': [
    { push: () => Promise.resolve() },
    { signed: 'unverified', provenance: 'unverified', ...RESTS_ON },
  ],
  'a statement that nobody signed': [
    {
      push: ({ world, index, given }) =>
        world.tag(index, 'att', {
          bytes: JSON.stringify(konfluxStatement(given)),
          mediaType: 'application/vnd.in-toto+json',
        }),
    },
    { signed: 'unverified', provenance: 'unverified', ...RESTS_ON },
  ],
  'a statement that was changed after it was signed': [
    {
      push: async (world) => {
        const signed = JSON.parse(
          envelope(JSON.stringify(konfluxStatement({ ...world.given, commit: 'f'.repeat(40) })), own),
        ) as object;
        const payload = Buffer.from(JSON.stringify(konfluxStatement(world.given))).toString('base64');
        await world.world.tag(world.index, 'att', {
          bytes: JSON.stringify({ ...signed, payload }),
          mediaType: DSSE,
        });
      },
    },
    REFUSED,
  ],
  'one platform is not in it': [
    {
      push: async (world) => {
        const statement = konfluxStatement(world.given) as { subject: { digest: { sha256: string } }[] };
        const arm64 = world.images['linux/arm64'] ?? '';
        statement.subject = statement.subject.filter(
          ({ digest }) => ![world.index, arm64].includes(`sha256:${digest.sha256}`),
        );
        await push(world, statement);
      },
    },
    { signed: 'fail', coverage: 'fail', source: 'not-checked', builder: 'not-checked' },
  ],
  'the build of one platform is not in it': [
    {
      push: async (world) => {
        const amd64 = { 'linux/amd64': world.images['linux/amd64'] ?? '' };
        await push(world, konfluxStatement({ ...world.given, images: amd64 }));
      },
    },
    { provenance: 'fail', builder: 'not-checked' },
  ],
  'a label names another commit': [{ labels: { 'vcs-ref': 'a'.repeat(40) } }, { source: 'fail' }],
  'a label names another repository': [
    { labels: { 'org.opencontainers.image.source': 'https://git.example/fork' } },
    { source: 'fail' },
  ],
  'a label that the build set has another value': [{ labels: { release: '1' } }, { source: 'fail' }],
  'edited and signed again: another commit': [
    { says: () => ({ commit: 'a'.repeat(40) }) },
    { source: 'fail' },
  ],
  'edited and signed again: another repository': [
    { says: () => ({ repository: 'https://git.example/fork' }) },
    { source: 'fail' },
  ],
  'the builder by tag': [
    { says: () => ({ builder: 'quay.example/buildah-task:latest' }) },
    { provenance: 'fail', builder: 'fail' },
  ],
  'a builder that only a statement names that nobody signed': [
    {
      push: async ({ world, index, given }) => {
        const unsigned = JSON.stringify(konfluxStatement(given));
        const generator = {
          builder: { id: 'https://github.com/g' },
          buildType: 'https://github.com/slsa-framework/slsa-github-generator/container@v1',
        };
        const signed = statementAbout([index], 'https://slsa.dev/provenance/v0.2', generator);
        const mediaType = 'application/vnd.in-toto+json';
        await world.tag(index, 'att', { bytes: unsigned, mediaType }, attestation(signed, own));
      },
    },
    { provenance: 'fail', builder: 'not-checked', 'scans-not-empty': 'not-checked' },
  ],
  'no digest of a base image': [
    {
      push: ({ world, index, given }) =>
        world.tag(index, 'att', attestation(JSON.stringify(konfluxStatement(given)), own)),
    },
    { provenance: 'fail' },
  ],
  'an SBOM that somebody else signed': [
    {
      push: async ({ world, index, images, given }) => {
        await world.tag(index, 'att', attestation(JSON.stringify(konfluxStatement(given)), own));
        for (const digest of Object.values(images))
          await world.tag(digest, 'att', attestation(JSON.stringify(spdxStatement(digest)), other));
      },
    },
    { provenance: 'fail' },
  ],
  'a scan of no package': [{ says: () => ({ rpms: { unsigned: 0 } }) }, { 'scans-not-empty': 'fail' }],
  'a scan whose keys signed nothing': [
    { says: () => ({ rpms: { keys: { unsigned: 0 } } }) },
    { 'scans-not-empty': 'fail' },
  ],
  'a scan that is no JSON': [
    { says: () => ({ rpms: undefined }), push: noJson },
    { 'scans-not-empty': 'fail' },
  ],
  'an image that was damaged': [
    { then: ({ world, images }) => world.damage(images['linux/arm64'] ?? '') },
    { error: 'image-invalid' },
  ],
  'nothing to verify with': [
    { options: { key: undefined } },
    { signed: 'unverified', provenance: 'unverified', ...RESTS_ON },
  ],
  'no checkout': [{ options: { source: undefined } }, { source: 'not-checked' }],
};

async function noJson(world: World): Promise<void> {
  const text = JSON.stringify(konfluxStatement(world.given)).replace(String.raw`{\"keys\":`, 'keys');
  await push(world, JSON.parse(text) as object);
}

describe('an audit', () => {
  test.each(Object.entries(WRONG))('%s', async (_name, [wrong, expected]) => {
    const found = await verdicts(wrong).catch((error: unknown) => ({
      error: (error as { code: string }).code,
    }));
    expect(found).toEqual(expected);
  });

  test('of a checkout that was changed, is of another commit, or hides its changes', async () => {
    const file = join(checkout(), 'Containerfile');
    await git('update-index', '--assume-unchanged', 'Containerfile');
    await writeFile(file, 'FROM other\n');
    expect(await verdicts({})).toEqual({ source: 'fail' });
    await git('update-index', '--no-assume-unchanged', 'Containerfile');
    expect(await verdicts({})).toEqual({ source: 'fail' });
    await git('checkout', '-q', 'Containerfile');
    expect(await verdicts({})).toEqual({});
    await writeFile(join(checkout(), 'more'), '');
    expect(await verdicts({})).toEqual({ source: 'fail' });
    await git('add', '.');
    await git('commit', '-q', '-m', 'two');
    expect(await verdicts({})).toEqual({ source: 'fail' });
    await git('reset', '-q', '--hard', commit);
    await expect(verdicts({ options: { source: shared.path } })).rejects.toThrow('not a checkout');
  });

  test('takes the newest provenance that verifies, and says why not the others', async () => {
    const { found } = await audited({
      push: async ({ world, index, given }) => {
        const at = (finished: string, key = own) =>
          attestation(JSON.stringify(konfluxStatement({ ...given, finished })), key);
        await world.tag(
          index,
          'att',
          at('2026-03-01T00:00:00Z'),
          at('2026-03-03T00:00:00Z', other),
          at('2026-03-02T00:00:00Z'),
        );
      },
    });
    expect(
      found.map(({ id, status, used, why }) => `${id} ${status} ${used ? 'used' : 'not used'}: ${why}`),
    ).toEqual([
      'a1 verified not used: a3 is newer',
      'a2 bad-signature not used: the signature is not of this key, or what it signs was changed',
      'a3 verified used: the newest provenance that verifies, of linux/amd64, linux/arm64',
    ]);
  });

  test('of one claim, and of one platform, decides by them alone', async () => {
    const one = await audited({ options: { claims: ['coverage'] } });
    expect(one.claims).toMatchObject([{ claim: 'coverage', verdict: 'pass' }]);
    expect(auditExitCode(one)).toBe(0);
    const amd64 = await audited({ options: { platform: { os: 'linux', architecture: 'amd64' } } });
    expect(amd64.recipes.map(({ platform }) => platform)).toEqual(['linux/amd64']);
    expect(auditExitCode(amd64)).toBe(2);
    expect(auditExitCode(await audited({ labels: { release: '1' } }))).toBe(1);
    expect(auditExitCode({ claims: [] })).toBe(2);
  });
});
