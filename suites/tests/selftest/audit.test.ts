import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { AuditResult } from '../../../harness/audit/result.ts';
import { findTool } from '../../../harness/setup/tools.mjs';
import { konfluxStatement } from '../../../harness/testing/audit/konflux.ts';
import { Published, attestation } from '../../../harness/testing/audit/published.ts';
import { skopeoCopy, startDockerRegistry } from './docker-registry.ts';
import { temporaryFolder, twinproof } from './support.ts';

const PRIVATE = { type: 'pkcs8', format: 'pem' } as const;

/** Where cosign is on the path. */
async function cosignReads(image: string, home: string, key: string): Promise<void> {
  const cosign = findTool('cosign');
  if (cosign === null) return;
  const publicKey = join(home, 'own.pub');
  await writeFile(publicKey, createPublicKey(await readFile(key)).export({ type: 'spki', format: 'pem' }));
  const type = ['--type', 'https://slsa.dev/verification_summary/v1'];
  const plain = ['--insecure-ignore-tlog=true', '--allow-http-registry'];
  const words = ['verify-attestation', '--key', publicKey, ...type, ...plain, image];
  const { stdout } = await execa(cosign, words, { env: { HOME: home } });
  expect(JSON.parse(stdout)).toMatchObject({ payloadType: 'application/vnd.in-toto+json' });
}

test('audit finds and verifies what lies in a real registry, and says no as well as yes', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(at('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(at('key.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const world = new Published(at('layout'));
  // skopeo remembers which blobs it saw at which host and port.
  const config = { config: { Labels: { run: `${process.pid} ${Date.now()}` } } };
  const amd64 = await world.image('linux/amd64', { config });
  const index = await world.index();
  const given = {
    index,
    images: { 'linux/amd64': amd64 },
    commit: 'a'.repeat(40),
    repository: 'https://git.example/app',
  };
  await world.tag(index, 'att', attestation(JSON.stringify(konfluxStatement(given)), privateKey));
  await using registry = await startDockerRegistry(at('registry'));
  const name = `docker://${registry.host}/org/app`;
  const tag = `${index.replace(':', '-')}.att`;
  await skopeoCopy(`oci:${at('layout')}:latest`, `${name}:1`, '--all');
  await skopeoCopy(`oci:${at('layout')}:${tag}`, `${name}:${tag}`);

  const words = (key: string): string[] => [
    'audit',
    `${name}:1`,
    '--key',
    at(key),
    '--claim',
    'signed',
    '--claim',
    'coverage',
  ];
  const yes = await twinproof([
    ...words('key.pub'),
    '--json',
    '--sign',
    at('key.pem'),
    '--out',
    at('audit.jsonl'),
  ]);
  const { claims, found } = JSON.parse(yes.stdout) as AuditResult;
  expect(claims.map(({ claim, verdict }) => `${claim} ${verdict}`)).toEqual(['signed pass', 'coverage pass']);
  expect(found).toMatchObject([{ place: 'cosign-tag', where: tag, status: 'verified', used: true }]);
  expect(yes.exitCode).toBe(0);
  expect(await readFile(at('audit.jsonl'), 'utf8')).toMatch(
    /^\{"payloadType":"application\/vnd\.in-toto\+json".*\}\n$/,
  );

  await writeFile(at('own.pem'), generateKeyPairSync('ed25519').privateKey.export(PRIVATE));
  const attach = ['--sign', at('own.pem'), '--attach', '--html', at('audit.html')];
  const attached = await twinproof([...words('key.pub'), ...attach]);
  expect(attached.stderr).toMatch(/^attached as sha256:[0-9a-f]{64}, listed by referrers-tag$/m);
  expect(await readFile(at('audit.html'), 'utf8')).toContain('2 claims: 2 pass');
  const again = await twinproof([...words('key.pub'), '--json']);
  expect((JSON.parse(again.stdout) as AuditResult).found).toMatchObject([
    { place: 'cosign-tag', status: 'verified', used: true },
    { place: 'referrers-tag', status: 'wrong-key', used: false },
  ]);
  expect(again.exitCode).toBe(0);
  const own = await twinproof(['audit', `${name}:1`, '--key', at('own.pem'), '--claim', 'signed', '--json']);
  expect((JSON.parse(own.stdout) as AuditResult).found).toMatchObject([
    { status: 'bad-signature' },
    {
      status: 'verified',
      predicateType: 'https://slsa.dev/verification_summary/v1',
      subjects: [index, amd64],
    },
  ]);
  await cosignReads(`${registry.host}/org/app@${index}`, folder.path, at('own.pem'));

  await writeFile(
    at('other'),
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
  const no = await twinproof(words('other'));
  expect(no.stdout).toContain('signed: no signature verifies: bad-signature');
  expect(no.exitCode).toBe(1);
  const none = await twinproof(['audit', `${name}@${amd64}`, '--key', at('key.pub'), '--claim', 'signed']);
  expect(none.stdout).toContain('signed: no signature was found');
  expect(none.exitCode).toBe(2);
});
