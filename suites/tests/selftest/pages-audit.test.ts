import { createPublicKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeWorld, publish } from './audit-world.ts';
import { REGISTRY } from './docker-registry.ts';
import { commandsOf, page, shell } from './page-commands.ts';
import { temporaryFolder } from './support.ts';

// What the auditor's page says, done from an empty folder to a signed outcome: of a good image, and of one to which a file
// was added after the build.

test.skipIf(REGISTRY === null)('audit.md: from a name and a key to a signed outcome', async () => {
  await using world = await makeWorld();
  const steps = /^## Step by step\n[\s\S]*?^## /m.exec(await page('audit.md'))?.[0] ?? '';
  const commands = commandsOf(steps, 'npx twinproof|openssl');
  expect(commands.map((command) => command.split(' ').slice(0, 3).join(' '))).toEqual([
    'npx twinproof audit',
    'npx twinproof audit',
    'npx twinproof replay',
    'openssl genpkey -algorithm',
    'openssl pkey -in',
    'npx twinproof audit',
    'npx twinproof verify-attestation',
  ]);
  for (const [publication, exits] of [
    [{}, [0, 0, 0, 0, 0, 0, 0]],
    // Its signature is genuine all the same, and a replay comes to what was recorded.
    [{ file: 'added later' }, [1, 0, 1, 0, 0, 1, 1]],
  ] as const) {
    await using folder = await temporaryFolder();
    const { name } = await publish(world, publication);
    const key = createPublicKey(world.key).export({ type: 'spki', format: 'pem' });
    await writeFile(join(folder.path, 'key.pub'), key);
    for (const [at, command] of commands.entries()) {
      const line = command.replace('registry.example/app:1', name);
      const { exitCode, stdout, stderr } = await shell(line, folder.path, { HOME: world.at('home') });
      expect(exitCode, `${line}\n${stdout}${stderr}`).toBe(exits[at]);
    }
    expect(await readFile(join(folder.path, 'audit.jsonl'), 'utf8')).toContain('"payload"');
  }
});
