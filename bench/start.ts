import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import manifest from '../package.json' with { type: 'json' };
import { type Change, NO_CHANGE, type Shape } from './images/entries.ts';
import { makeImage } from './images/make.ts';
import { type Contestant, contest } from './measure/contest.ts';
import { names } from './proofs.ts';

const ROOT = join(import.meta.dirname, '..');
const SMALL: Shape = { seed: 20260102, entries: 20, bytes: 2 ** 16 };
const OTHER: Change = { mtime: 0, files: [11] };
/** Many, because each is short and the quickest counts. */
const ROUNDS = 15;

/** How long the command takes to start: the package as npm installs it beside this checkout. @returns tables */
export async function* benchStart(folder: string): AsyncGenerator<string> {
  const pair = [
    await makeImage(join(folder, 'small'), SMALL, NO_CHANGE),
    await makeImage(join(folder, 'small-other'), SMALL, OTHER),
  ];
  const installed = await mkdtemp(join(folder, 'installed-'));
  try {
    await install(installed);
    const version: Started = {
      args: ['--version'],
      done: 0,
      proof: (text) => text.trim() === manifest.version,
    };
    const diff: Started = {
      args: ['diff', ...pair.map((image) => `oci:${image}`)],
      done: 1,
      proof: names({ entries: OTHER.files.length, files: OTHER.files.length }),
    };
    yield await startContest('npx twinproof --version', installed, version);
    yield await startContest('npx twinproof diff, two small images', installed, diff);
  } finally {
    await rm(installed, { recursive: true, force: true });
  }
}

/** Packs this checkout and has npm install it. */
async function install(folder: string): Promise<void> {
  const packed = join(folder, 'packed');
  await mkdir(packed);
  await execa('npm', ['run', 'package', '--', '--pack-destination', packed], { cwd: ROOT });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const tarball = join(packed, `${manifest.name}-${manifest.version}.tgz`);
  await execa('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball], { cwd: folder });
}

interface Started {
  args: string[];
  done: number;
  proof: Contestant['proof'];
}

/** As a user starts it in both places, and without npx, which takes longer than the program. */
function startContest(title: string, installed: string, { args, done, proof }: Started): Promise<string> {
  const places = [
    ['the package', installed, join(installed, 'node_modules/twinproof/harness/cli/launch.mjs')],
    ['the checkout', ROOT, join(ROOT, 'harness/cli/launch.mjs')],
  ] as const;
  const npx = places.map(([name, folder]) =>
    contestant(`${name}, npx`, ['npx', '--no-install', 'twinproof'], folder),
  );
  const node = places.map(([name, folder, path]) =>
    contestant(`${name}, node`, [process.execPath, path], folder),
  );
  return contest(title, [...npx, ...node], [{ times: 1, of: 'the checkout, npx' }], ROUNDS);

  function contestant(name: string, program: [string, ...string[]], cwd: string): Contestant {
    const argv: Contestant['command']['argv'] = [...program, ...args];
    const output = join(installed, 'output');
    return { name, command: { argv, folder: cwd, output }, needs: [], done: [done], proof };
  }
}
