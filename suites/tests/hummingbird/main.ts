import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FOLDERS, makeFixture } from './fixture.ts';

const FOLDER = 'hummingbird';

/**
 * Makes the Hummingbird-like checkout below a folder, serves its repositories until it is interrupted, and tells the
 * command that verifies it.
 */
async function main([folder = FOLDER]: readonly string[]): Promise<void> {
  const path = resolve(folder);
  await mkdir(path, { recursive: true });
  const foreign = (await readdir(path)).filter((name) => !FOLDERS.some((own) => own === name));
  if (foreign.length > 0) throw new Error(`${path} holds ${foreign.join(', ')}; name a folder of its own`);
  const fixture = await makeFixture(path, { onStep: (step) => process.stderr.write(`${step}\n`) });
  await using server = fixture.server;
  const variables = Object.entries(server.env).map(([name, value]) => `${name}=${value}`);
  const command = [...variables, 'npx twinproof verify', fixture.checkout, ...fixture.builderOptions].join(
    ' ',
  );
  process.stdout.write(
    `${fixture.variants.length} variants. While this runs, verify them in another terminal:\n\n${command}\n`,
  );
  await once(process, 'SIGINT');
}

await main(process.argv.slice(2));
