import { generateKeyPairSync } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { signEnvelope } from '../attest/dsse.ts';
import { quorumJsonSchema } from '../attest/quorum-result.ts';
import { explainJsonSchema } from '../explain/json-schema.ts';
import { lockJsonSchema } from '../fetch/lock-result.ts';
import { bisectJsonSchema } from '../run/bisect-result.ts';
import { reproduceJsonSchema } from '../run/reproduce-result.ts';
import { scratch, writeLayout } from '../testing/oci/image.ts';
import { tar } from '../testing/oci/tar/tar.ts';
import { readSchema, schemaFaults, schemaFiles } from '../testing/schemas.ts';
import { bootJsonSchema } from './boot-result.ts';
import { checkFixesJsonSchema } from './check-fixes-result.ts';
import { cleanJsonSchema } from './clean-result.ts';
import { doctorJsonSchema } from './doctor-result.ts';
import { verifiedJsonSchema } from './verified-result.ts';

const harness = join(import.meta.dirname, '..');

async function json(...words: string[]): Promise<{ schema: string }> {
  const main = join(import.meta.dirname, 'main.ts');
  const { stdout } = await execa(process.execPath, [main, ...words, '--json'], { reject: false });
  return JSON.parse(stdout) as { schema: string };
}

test.each([
  ['explain/explain', explainJsonSchema],
  ['fetch/lock', lockJsonSchema],
  ['attest/quorum', quorumJsonSchema],
  ['run/bisect', bisectJsonSchema],
  ['run/reproduce', reproduceJsonSchema],
  ['cli/boot', bootJsonSchema],
  ['cli/doctor', doctorJsonSchema],
  ['cli/clean', cleanJsonSchema],
  ['cli/check-fixes', checkFixesJsonSchema],
  ['cli/verify-attestation', verifiedJsonSchema],
])('%s.schema.json is that of the code (write it with --update)', async (name, made) => {
  await expect(made()).toMatchFileSnapshot(`../${name}.schema.json`);
});

test('every format that the code names has a published schema, and docs/model.md names both', () => {
  const sources = globSync('**/*.ts', { cwd: harness, exclude: ['**/*.test.ts', 'testing/**'] });
  const formats = new Set(
    sources.flatMap((file) =>
      [
        ...readFileSync(join(harness, file), 'utf8').matchAll(
          /schema: (?:z\.literal\()?'twinproof\/([^']+)'/g,
        ),
      ].map(([, name = '']) => name),
    ),
  );
  expect(formats.size).toBeGreaterThan(5);
  const model = readFileSync(join(harness, '../docs/model.md'), 'utf8');
  const published = new Map(schemaFiles().map((file) => [readSchema(file).$id ?? file, file]));
  for (const format of formats) {
    const file = published.get(`https://twinproof.dev/schemas/${format.replace('/', '-')}.json`) ?? 'none';
    const row = model.split('\n').find((line) => line.startsWith(`| \`twinproof/${format}\``));
    expect(row, `${format} in docs/model.md`).toContain(`(../harness/${file})`);
  }
});

describe('what the commands print', () => {
  test('explain', async () => {
    await using folder = await scratch();
    const write = (name: string, content: string): Promise<string> =>
      writeLayout(join(folder.path, name), { layers: [tar([{ name: 'a', content }])] });
    const result = await json('explain', await write('a', 'x'), await write('b', 'y'));
    expect(result.schema).toBe('twinproof/explain/v1');
    expect(schemaFaults(result)).toBe(null);
    expect(schemaFaults({ ...result, rung: 'almost' })).not.toBe(null);
  });

  test('lock, of what cannot be resolved', async () => {
    await using folder = await scratch();
    await writeFile(join(folder.path, 'debs.in.yaml'), 'packages: []\n');
    const result = await json('lock', folder.path);
    expect(result).toMatchObject({ schema: 'twinproof/lock/v1', failures: [{ code: 'lock-invalid' }] });
    expect(schemaFaults(result)).toBe(null);
    expect(schemaFaults({ ...result, failures: [{ code: 'x' }] })).not.toBe(null);
  });

  test('doctor', async () => {
    const result = await json('doctor', '--for', 'reports');
    expect(result).toMatchObject({ schema: 'twinproof/doctor/v1', findings: [{ what: 'Node', ok: true }] });
    expect(schemaFaults(result)).toBe(null);
    expect(schemaFaults({ ...result, findings: [{}] })).not.toBe(null);
  });

  test('verify-attestation, of what is signed by somebody else', async () => {
    await using folder = await scratch();
    const { publicKey } = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    await writeFile(join(folder.path, 'key.pub'), publicKey);
    const statement = { _type: 'x', subject: [], predicateType: 'x', predicate: {} };
    const envelope = signEnvelope(statement, generateKeyPairSync('ed25519').privateKey);
    await writeFile(join(folder.path, 'lines'), `${JSON.stringify(envelope)}\n`);
    const words = [join(folder.path, 'lines'), '--key', join(folder.path, 'key.pub')];
    const result = await json('verify-attestation', ...words, '--require', 'PASSED');
    expect(result).toMatchObject({ statements: [], required: { result: 'PASSED' } });
    expect(schemaFaults(result)).toBe(null);
    expect(schemaFaults({ ...result, faults: 'none' })).not.toBe(null);
  });
});
