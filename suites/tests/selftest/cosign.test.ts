import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { attestRunInBoth } from '../../../harness/attest/attest.ts';
import { cell, logOf } from '../../../harness/testing/record/run.ts';
import { RunWriter } from '../../../harness/record/writer.ts';
import { twinsOf } from '../../../harness/testing/report/input.ts';
import { findTool } from '../../../harness/setup/tools.mjs';
import { temporaryFolder } from './support.ts';
import { sha256 } from '../../../harness/model/digest.ts';

const cosign = findTool('cosign');
const MANIFEST = '{"schemaVersion":2}';
const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';
const SCAI = 'https://in-toto.io/attestation/scai/v0.3';

/** A subject whose twins are of that manifest, and one that was never built. */
function writeRun(folder: string): void {
  const manifest = sha256(MANIFEST);
  const { recipe, ...twins } = twinsOf('a');
  expect(recipe).toBeDefined();
  const builds = twins.builds.map((build) => ({ ...build, manifest }));
  const [header, ...rest] = logOf([cell('a', 'fail'), cell('b', 'error')]);
  const writer = new RunWriter(folder);
  for (const event of [header, { ...twins, builds }, ...rest]) if (event !== undefined) writer.append(event);
  writer.close();
}

const KEYS = [
  ['Ed25519', () => generateKeyPairSync('ed25519')],
  ['ECDSA P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
] as const;

// Neither Debian nor npm has cosign; docs/attestations.md says how it comes onto a machine.
test.skipIf(cosign === null).each(KEYS)(
  'cosign accepts attestations signed with %s, and refuses them for anything else (skipped where cosign is not)',
  async (_kind, generate) => {
    await using folder = await temporaryFolder();
    const at = (name: string): string => join(folder.path, name);
    const { privateKey, publicKey } = generate();
    writeRun(at('run'));
    await writeFile(at('manifest'), MANIFEST);
    await writeFile(at('key.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    const verify = async (form: string, line: string, type: string, blob: string): Promise<string> => {
      await writeFile(at('attestation'), line);
      const key = ['--key', at('key.pub'), '--insecure-ignore-tlog=true'];
      const args = ['verify-blob-attestation', ...key, '--type', type, `--${form}`, at('attestation'), blob];
      return (await execa(cosign ?? '', args, { reject: false, all: true, env: { HOME: folder.path } })).all;
    };
    const { lines, bundles } = await attestRunInBoth(at('run'), privateKey);
    const [manifest, log] = [at('manifest'), at('run/run.jsonl')];
    for (const [form, all] of [
      ['signature', lines.split('\n')],
      ['bundle', [...bundles.values()]],
    ] as const) {
      const [result = '', scai = '', unbuilt = ''] = all;
      expect(await verify(form, result, TEST_RESULT, manifest)).toMatch(/Verified OK$/);
      expect(await verify(form, scai, SCAI, manifest)).toMatch(/Verified OK$/);
      expect(await verify(form, unbuilt, TEST_RESULT, log)).toMatch(/Verified OK$/);
      expect(await verify(form, result, TEST_RESULT, log)).toMatch(/^Error: /m);
      expect(await verify(form, result, SCAI, manifest)).toMatch(/^Error: /m);
    }
    await writeFile(at('key.pub'), generate().publicKey.export({ type: 'spki', format: 'pem' }));
    expect(await verify('signature', lines.split('\n')[0] ?? '', TEST_RESULT, manifest)).toMatch(/^Error: /m);
    expect(await verify('bundle', [...bundles.values()][0] ?? '', TEST_RESULT, manifest)).toMatch(
      /^Error: /m,
    );
  },
);
