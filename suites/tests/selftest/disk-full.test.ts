import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { ROOT, temporaryFolder } from './support.ts';

const MAIN = join(ROOT, 'harness/cli/main.ts');
// Printed inside, since the small disk is gone together with the process.
const SHOW_LOGS = 'for log in "$disk"/*/run.jsonl; do tail -c 1 "$log" | od -An -c; done';

/** Verifies with a disk of the given size mounted at `disk`, which only this process and its children see. */
async function verifyOn(disk: string, { size, args, env }: Disk) {
  const script = `disk=$1 size=$2; shift 2
mount -t tmpfs -o "size=$size" tmpfs "$disk" || exit 77
"$@"; code=$?; ${SHOW_LOGS}; exit $code`;
  const command = [
    process.execPath,
    MAIN,
    'verify',
    'fixtures/bundled.catalog.yaml',
    '--vary',
    'none',
    ...args,
  ];
  return execa('unshare', ['--map-root-user', '--mount', 'sh', '-c', script, 'sh', disk, size, ...command], {
    cwd: ROOT,
    env: { NO_COLOR: '1', ...env },
    reject: false,
    stdin: 'ignore',
  });
}

interface Disk {
  size: string;
  args: string[];
  env?: Record<string, string>;
}

// The header, which holds the whole plan, needs more than 4 KiB: of a line that does not fit nothing is left.
test.each([
  ['4k', ''],
  ['12k', '\\n'],
  ['20k', '\\n'],
])(
  'no room in the results folder (%s) ends with 2 and one line; the log holds whole lines only',
  async (size, last) => {
    await using folder = await temporaryFolder();
    const args = ['--image', 'greeter/default@*', '--results', folder.path];
    const { exitCode, stdout, stderr } = await verifyOn(folder.path, { size, args });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^storage: .*: no space left \(free some space, .*\)$/m);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout.trim()).toBe(last);
  },
);

test('no room in the cache is told before anything is downloaded', async () => {
  await using folder = await temporaryFolder();
  const cache = join(folder.path, 'cache');
  await mkdir(cache);
  const args = ['--image', 'nginx/default@*', '--results', join(folder.path, 'results')];
  const { exitCode, stdout } = await verifyOn(cache, { size: '1m', args, env: { TWINPROOF_CACHE: cache } });
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(/the cache \S+ needs \d+ bytes more and has \d+/);
});
