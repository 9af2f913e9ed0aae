import { chmod, chown, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { findTool } from '../../../harness/setup/tools.mjs';
import { ROOT, pack } from '../selftest/support.ts';

/** A user that nothing else runs as. Without root's rights it is whoever runs the tests. */
const USER = 64_322;
const asRoot = process.getuid?.() === 0;

interface Ended {
  exitCode?: number;
  stdout: string;
  stderr: string;
}

export interface Installed extends AsyncDisposable {
  /** The user's folder, in which `npm install` was run. */
  folder: string;
  tarball: string;
  /** Runs a program of the user's as the user, to whom this checkout is nothing. */
  run: (file: string, args: string[], env?: Record<string, string>) => Promise<Ended>;
  /** Node, as the user runs it. */
  node: string;
}

/** What the machine says to everybody, such as its certificates; without what is of this user, npm or Vitest. */
const strangers = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || /^(?:npm_|XDG_|VITEST|NODE_(?!EXTRA_CA)|TWINPROOF_|INIT_CWD)/i.test(name)
        ? []
        : [[name, value]],
    ),
  );

/** Packs this checkout and installs the tarball in an empty folder, as a user who is not root. */
export async function install(...more: string[]): Promise<Installed> {
  const top = await mkdtemp(join(tmpdir(), 'twinproof-package-'));
  await chmod(top, 0o755);
  const tarball = await pack(top);
  const folder = join(top, 'user');
  const node = join(top, 'bin/node');
  await mkdir(folder);
  await mkdir(join(top, 'bin'));
  // Root's own may lie where nobody else can look.
  await cp(process.execPath, node);
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  if (asRoot) for (const name of [folder, join(folder, 'package.json')]) await chown(name, USER, USER);
  const registry = (await execa('npm', ['config', 'get', 'registry'], { cwd: ROOT })).stdout;
  const env = {
    ...strangers(),
    HOME: folder,
    PATH: `${join(top, 'bin')}:${process.env.PATH ?? ''}`,
    NO_COLOR: '1',
    npm_config_registry: registry,
  };
  const become = ['setpriv', '--reuid', String(USER), '--regid', String(USER), '--clear-groups'];
  const run: Installed['run'] = async (file, args, given = {}) => {
    const [first = '', ...rest] = [...(asRoot ? become : []), file, ...args];
    const options = { extendEnv: false, reject: false, stdin: 'ignore', stdout: 'pipe' } as const;
    return await execa(first, rest, { ...options, cwd: folder, env: { ...env, ...given } });
  };
  const npm = findTool('npm') ?? 'npm';
  const installed = await run(npm, ['install', '--no-audit', '--no-fund', tarball, ...more]);
  if (installed.exitCode !== 0) throw new Error(`npm install: ${installed.stderr}`);
  const dispose = () => rm(top, { recursive: true, force: true });
  return { folder, tarball, run, node, [Symbol.asyncDispose]: dispose };
}
