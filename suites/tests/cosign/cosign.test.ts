import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditResult } from '../../../harness/audit/result.ts';
import { konfluxStatement, spdxStatement } from '../../../harness/testing/audit/konflux.ts';
import { type World, makeWorld, publish } from '../selftest/audit-world.ts';
import { twinproof } from '../selftest/support.ts';
import { copyTagged } from './copy.ts';
import { VARIANTS, type Variant, cosignProgram, whyNoCosign } from './program.ts';

/** Images that the real cosign signed and attested with a key, in a real registry, audited by their reference alone. */

const reason = whyNoCosign();
const ALL = Object.entries(VARIANTS);

let world: World;
beforeAll(async () => {
  if (reason === null) world = await makeWorld();
});
afterAll(() => (world as World | undefined)?.[Symbol.asyncDispose]());

async function audited(
  name: string,
  key: string,
  ...words: string[]
): Promise<AuditResult & { exitCode: number }> {
  const command = ['audit', `docker://${name}`, '--key', key, '--json', ...words];
  const { stdout, stderr, exitCode } = await twinproof(command, { env: { HOME: world.at('home') } });
  if (stdout === '') throw new Error(stderr);
  return { ...(JSON.parse(stdout) as AuditResult), exitCode: exitCode ?? -1 };
}
const notPassed = ({ claims }: AuditResult): Record<string, string> =>
  Object.fromEntries(claims.flatMap(({ claim, verdict }) => (verdict === 'pass' ? [] : [[claim, verdict]])));

const skipped = reason === null ? '' : ` (skipped here: ${reason})`;

describe.skipIf(reason !== null).each<[string, Variant]>(ALL)(
  `cosign %s${skipped}`,
  (variant, { major, place, options }) => {
    let program: string;
    let keys: string;
    const cosign = (...words: string[]) =>
      execa(program, words, { cwd: keys, env: { COSIGN_PASSWORD: '', HOME: world.at('home') } });
    const sign = (name: string, key = 'cosign.key') =>
      cosign('sign', '--yes', '--key', key, ...options, name);
    async function attest(name: string, type: string, { predicate }: Record<string, unknown>): Promise<void> {
      const file = join(keys, `${type}.json`);
      await writeFile(file, JSON.stringify(predicate));
      await cosign(
        ...['attest', '--yes', '--key', 'cosign.key', '--type', type, '--predicate', file],
        ...options,
        name,
      );
    }

    /** Publishes the image that was built. */
    async function published(): Promise<{
      name: string;
      digest: string;
      pinned: string;
      provenance: Record<string, unknown>;
      sbom: Record<string, unknown>;
    }> {
      const { name, digest, right } = await publish(world, { beside: () => [] });
      const base = { repository: `${world.registry.host}/world/base`, digest: world.bases.one };
      return {
        name,
        digest,
        pinned: `${name}@${digest}`,
        provenance: konfluxStatement(right),
        sbom: spdxStatement(digest, base),
      };
    }

    beforeAll(async () => {
      program = await cosignProgram(major);
      keys = world.at(`keys of ${variant}`);
      await mkdir(keys, { recursive: true });
      await cosign('generate-key-pair');
      await cosign('generate-key-pair', '--output-key-prefix', 'other');
    });

    test('what it signed and attested passes all claims', async () => {
      const { name, pinned, provenance, sbom } = await published();
      await sign(pinned);
      await attest(pinned, 'slsaprovenance02', provenance);
      await attest(pinned, 'spdxjson', sbom);
      const result = await audited(name, join(keys, 'cosign.pub'));
      expect(result.found.map((one) => `${one.place} ${one.status} ${one.role ?? ''}`).toSorted()).toEqual(
        ['provenance', 'sbom', 'signature'].map((role) => `${place} verified ${role}`),
      );
      expect(notPassed(result)).toEqual({});
      expect(result.exitCode).toBe(0);
      const other = await audited(name, join(keys, 'other.pub'), '--no-rebuild', '--claim', 'signed');
      expect(notPassed(other)).toEqual({ signed: 'fail' });
      expect(other.exitCode).toBe(1);
    });

    test('a signature alone shows who signed, and no more', async () => {
      const { name, pinned } = await published();
      await sign(pinned);
      const result = await audited(name, join(keys, 'cosign.pub'), '--no-rebuild', '--no-clone');
      expect(notPassed(result)).toMatchObject({ provenance: 'unverified', coverage: 'not-checked' });
      expect(notPassed(result)).not.toHaveProperty('signed');
    });

    test('signatures of two keys, of which one is the right one', async () => {
      const { name, pinned } = await published();
      await sign(pinned, 'other.key');
      await sign(pinned);
      const result = await audited(name, join(keys, 'cosign.pub'), '--claim', 'signed');
      expect(notPassed(result)).toEqual({});
      const statuses = result.found.map(({ status }) => status);
      expect(statuses).toHaveLength(2);
      expect(statuses).toContain('verified');
      expect(statuses.filter((one) => one === 'bad-signature' || one === 'wrong-key')).toHaveLength(1);
    });

    test('what belongs to another image, put beside this one', async () => {
      const [one, two] = [await published(), await published()];
      await sign(one.pinned);
      await attest(one.pinned, 'slsaprovenance02', one.provenance);
      expect(one.digest).toBe(two.digest);
      const { name, digest } = await publish(world, { labels: { other: 'image' }, beside: () => [] });
      for (const suffix of place === 'cosign-tag' ? ['.sig', '.att'] : ['']) {
        const tag = (of: string): string => `${of.replace(':', '-')}${suffix}`;
        const { host } = world.registry;
        const [from, to] = [one.name, name].map((text) => text.replace(`${host}/`, ''));
        await copyTagged({ host, from: from ?? '', to: to ?? '' }, tag(one.digest), tag(digest));
      }
      const result = await audited(name, join(keys, 'cosign.pub'), '--no-rebuild', '--no-clone');
      expect(result.found.map(({ status }) => status)).toEqual(['other-subject', 'other-subject']);
      expect(notPassed(result)).toMatchObject({ signed: 'fail', provenance: 'fail' });
      expect(result.exitCode).toBe(1);
    });
  },
);
