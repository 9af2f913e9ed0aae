import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMessage, generateKey, readPrivateKey, sign } from 'openpgp';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, serve, startServer } from '../../../harness/fetch/testing/server.ts';
import { answersOf, makeRepository } from './rpm-repository.ts';
import { temporaryFolder, twinproof } from './support.ts';

let answers: Record<string, Answer>;
let index: Buffer;

beforeAll(async () => {
  await using folder = await temporaryFolder();
  await makeRepository(folder.path, [{ name: 'extra', version: '1' }]);
  answers = await answersOf(folder.path, 'x86_64/');
  index = await readFile(join(folder.path, 'repodata/repomd.xml'));
});

describe('signatures of repomd.xml', () => {
  const path = 'x86_64/repodata/repomd.xml';
  const SIGNED = ", repo_gpgcheck: 1, gpgkey: 'http://PLACE/key.asc'";

  async function signed(keyOf: 'right' | 'wrong', sent: boolean) {
    const make = () => generateKey({ userIDs: [{ name: 'test' }], format: 'armored' });
    const [right, wrong] = [await make(), await make()];
    const signingKeys = await readPrivateKey({ armoredKey: right.privateKey });
    const message = await createMessage({ binary: index });
    // Its types depend on `format`, and this one is text.
    const signature = String(await sign({ message, signingKeys, detached: true, format: 'armored' }));
    const key = (keyOf === 'right' ? right : wrong).publicKey;
    return lockSigned(SIGNED, (served) => {
      served['key.asc'] = serve(Buffer.from(key));
      if (sent) served[`${path}.asc`] = serve(Buffer.from(signature));
    });
  }

  async function lockSigned(repo: string, change: (answers: Record<string, Answer>) => void) {
    const served = { ...answers };
    change(served);
    await using server = await startServer(served);
    await using folder = await temporaryFolder();
    const input = join(folder.path, 'rpms.in.yaml');
    const text = `contentOrigin: { repos: [{ repoid: tiny, baseurl: '${server.url}x86_64/'${repo} }] }\npackages: [extra]\n`;
    await writeFile(input, text.replace('http://PLACE/', server.url));
    return await twinproof(['lock', input]);
  }

  test('a good one is accepted', async () => {
    expect((await signed('right', true)).exitCode).toBe(0);
  });

  test('one by another key, none, and a check without a key are refused', async () => {
    const other = await signed('wrong', true);
    expect(other.stderr).toMatch(/input-mismatch: .*no valid signature by a key of gpgkey/);
    const absent = await signed('right', false);
    expect(absent.stderr).toMatch(/input-unavailable: repomd\.xml\.asc cannot be had/);
    const keyless = await lockSigned(', repo_gpgcheck: 1', () => undefined);
    expect(keyless.stderr).toMatch(/lock-invalid: .*repo_gpgcheck without gpgkey/);
    expect([other.exitCode, absent.exitCode, keyless.exitCode]).toEqual([2, 2, 2]);
  });
});
