import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, printed, script } from './types.ts';

const MIB = 1024 ** 2;
const newName = (): string => `twinproof-contract-${randomBytes(6).toString('hex')}`;
/** Writes past what the kernel keeps whole pages for. */
const fill = (at: string, mebibytes: number): string => `head -c ${mebibytes * MIB} /dev/zero > ${at}/fill`;

export const storage: Check[] = [
  {
    name: 'inputs are seen and cannot be changed, folders and files',
    check: async (place) => {
      const folder = join(place.folder, 'in');
      await mkdir(folder);
      await writeFile(join(folder, 'file'), 'given', { mode: 0o666 });
      const inputs = [
        { from: folder, at: '/in' },
        { from: join(folder, 'file'), at: '/one' },
      ];
      const spec = { inputs, capabilities: ['DAC_OVERRIDE'] };
      assert.equal(await printed(place, 'cat /in/file /one', spec), 'givengiven');
      for (const change of ['echo x > /in/file', 'echo x > /one', 'rm /in/file', 'touch /in/more'])
        assert.notEqual((await script(place, change, spec)).exitCode, 0, change);
      assert.equal(await readFile(join(folder, 'file'), 'utf8'), 'given');
    },
  },
  {
    name: 'what is written to an output is on the host when the container is gone',
    check: async (place) => {
      const folder = join(place.folder, 'out');
      await mkdir(folder);
      const spec = { outputs: [{ to: folder, at: '/out' }], capabilities: ['DAC_OVERRIDE'] };
      await printed(place, 'printf made > /out/file', spec);
      assert.equal(await readFile(join(folder, 'file'), 'utf8'), 'made');
    },
  },
  {
    name: 'scratch is empty, as large as it was said, and goes with its container',
    check: async (place) => {
      const spec = { scratch: { '/s': { size: 4 * MIB }, '/large': { size: 16 * MIB } } };
      assert.equal(await printed(place, `ls -A /s /large | grep -v :; ${fill('/large', 8)}`, spec), '');
      assert.notEqual((await script(place, fill('/s', 8), spec)).exitCode, 0);
      assert.equal(await printed(place, 'ls -A /s /large | grep fill || true', spec), '');
    },
  },
  {
    name: 'programs, devices and everybody are let into scratch only when asked',
    check: async (place) => {
      const spec = {
        scratch: {
          '/plain': {},
          '/run-it': { executable: true },
          '/all': { shared: true },
          '/dev-it': { privileged: true },
        },
        capabilities: ['MKNOD'],
      };
      const run = (at: string): string => `cp /bin/true ${at}/p && ${at}/p`;
      assert.notEqual((await script(place, run('/plain'), spec)).exitCode, 0);
      assert.equal((await script(place, run('/run-it'), spec)).exitCode, 0);
      assert.equal(await printed(place, 'stat -c %a /all', spec), '1777');
      const options = (at: string): string => `awk '$2 == "${at}" { print $4 }' /proc/mounts`;
      assert.match(await printed(place, options('/plain'), spec), /nosuid,nodev|nodev,nosuid/);
      assert.doesNotMatch(await printed(place, options('/dev-it'), spec), /nosuid|nodev/);
    },
  },
  {
    name: 'a volume keeps what one container wrote for those that may only read it',
    check: async (place) => {
      const { volumes } = place.engine;
      const volume = newName();
      assert.equal(await volumes.made(volume), null);
      await volumes.create(volume);
      try {
        assert.notEqual(await volumes.made(volume), null);
        assert.ok((await volumes.list()).includes(volume));
        await printed(place, 'echo kept > /v/file', { outputs: [{ to: { volume }, at: '/v' }] });
        const reader = { inputs: [{ from: { volume }, at: '/v' }] };
        assert.equal(await printed(place, 'cat /v/file', reader), 'kept');
        assert.notEqual((await script(place, 'touch /v/more', reader)).exitCode, 0);
      } finally {
        await volumes.remove(volume);
      }
      assert.equal(await volumes.made(volume), null);
      assert.ok(!(await volumes.list()).includes(volume));
    },
  },
];
