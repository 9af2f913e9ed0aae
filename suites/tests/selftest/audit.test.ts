import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AuditResult } from '../../../harness/audit/result.ts';
import { konfluxStatement } from '../../../harness/testing/audit/konflux.ts';
import { Published, attestation } from '../../../harness/testing/audit/published.ts';
import { skopeoCopy, startDockerRegistry } from './docker-registry.ts';
import { temporaryFolder, twinproof } from './support.ts';

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
