import { readFile, readdir, readlink, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { probeAccelerator, proveAccelerator } from '../../../harness/boot/machine/accelerator.ts';
import { Machine, MachineFolder } from '../../../harness/boot/machine/machine.ts';
import type { MachineSpec } from '../../../harness/boot/machine/types.ts';
import { probeGuest } from '../../../harness/boot/machine/probes.ts';
import { currentOwner } from '../../../harness/engine/owner.ts';
import { listScratch } from '../../../harness/engine/scratch.ts';
import { schemaFaults } from '../../../harness/testing/schemas.ts';
import { ROOT, temporaryFolder, twinproof, until } from './support.ts';
import { COUNTING, FLOODING, HANGING, RESETTING, tinyArmDisk, tinyDisk } from './tiny-guests.ts';

const owner = currentOwner('machine-selftest');

const spec = (base: string): MachineSpec => ({
  architecture: 'amd64',
  accelerator: 'tcg',
  cpus: 1,
  memory: 32,
  boot: { kind: 'firmware', firmware: 'bios' },
  disks: [{ base, format: 'raw', overlay: 'disk.qcow2' }],
  network: false,
});

async function guest(code: number[]) {
  const folder = await temporaryFolder();
  const machineFolder = await MachineFolder.make(owner);
  const base = await tinyDisk(folder.path, code);
  await machineFolder.overlay('disk.qcow2', 2 ** 21);
  return {
    base,
    folder: machineFolder,
    start: (changes: Partial<MachineSpec> = {}) =>
      Machine.start(machineFolder.path, { ...spec(base), ...changes }),
    async [Symbol.asyncDispose]() {
      await machineFolder[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Sends a byte to the counting guest and gives back what it answers. */
async function count(shell: Duplex): Promise<string> {
  const answer = once(shell, 'data', { signal: AbortSignal.timeout(60_000) });
  shell.write('?');
  return String((await answer)[0]);
}

const booted = (machine: Machine): Promise<void> =>
  until('the guest prints', () => Promise.resolve(machine.log.bytes().includes('R')));

/** Processes that work in a folder: what QEMU was started in. */
async function processesIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const links = pids.map(async (pid) => ({ pid, cwd: await readlink(`/proc/${pid}/cwd`).catch(() => '') }));
  return (await Promise.all(links)).filter(({ cwd }) => cwd === folder).map(({ pid }) => pid);
}

describe('a machine', () => {
  test('has two serial ports, and goes back to a snapshot, in the same QEMU and in another', async () => {
    await using tiny = await guest(COUNTING);
    {
      await using machine = await tiny.start();
      await booted(machine);
      expect(await count(machine.shell)).toBe('A');
      await machine.saveSnapshot('one');
      expect(await count(machine.shell)).toBe('B');
      expect(await count(machine.shell)).toBe('C');
      await machine.loadSnapshot('one');
      expect(await count(machine.shell)).toBe('B');
      expect((await machine.quit()).code).toBe(0);
    }
    await using again = await tiny.start({ snapshot: 'one' });
    expect(await count(again.shell)).toBe('B');
  });

  test('takes a picture of its screen', async () => {
    await using tiny = await guest(COUNTING);
    await using machine = await tiny.start();
    const picture = await machine.screenshot((path) => readFile(path));
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
  });

  test('runs as an ordinary user without capabilities, and ends when it is left', async () => {
    await using tiny = await guest(COUNTING);
    {
      await using machine = await tiny.start();
      await booted(machine);
      const [pid] = await processesIn(tiny.folder.path);
      const status = await readFile(`/proc/${pid ?? ''}/status`, 'utf8');
      expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).not.toBe('0');
      expect(/^CapPrm:\t(\w+)/m.exec(status)?.[1]).toBe('0000000000000000');
      expect(/^NoNewPrivs:\t(\d)/m.exec(status)?.[1]).toBe('1');
      expect(/^Seccomp:\t(\d)/m.exec(status)?.[1]).toBe('2');
    }
    expect(await processesIn(tiny.folder.path)).toEqual([]);
  });

  test('may flood its console: the log stays within its bounds and the base is not written to', async () => {
    await using tiny = await guest(FLOODING);
    const before = await readFile(tiny.base);
    const consoleLimit = 10_000;
    await using machine = await tiny.start({ consoleLimit });
    await until('it has printed more than is kept', () =>
      Promise.resolve(machine.log.size > 4 * consoleLimit),
    );
    expect(machine.log.bytes().length).toBeLessThan(2 * consoleLimit + 100);
    expect((await stat(join(tiny.folder.path, 'disk.qcow2'))).size).toBeLessThan(2 ** 21);
    expect(await readFile(tiny.base)).toEqual(before);
  });

  test('ends instead of starting again by itself', async () => {
    await using tiny = await guest(RESETTING);
    await using machine = await tiny.start();
    expect(await machine.waitForEnd(60_000)).toMatchObject({ code: 0 });
    expect(machine.qmp.events.find(({ name }) => name === 'SHUTDOWN')?.data).toMatchObject({
      reason: 'guest-reset',
    });
  });

  test('tells why QEMU did not start', async () => {
    await using tiny = await guest(HANGING);
    await expect(tiny.start({ snapshot: 'none' })).rejects.toThrow(/QEMU did not start: .*none/);
  });
});

describe('an accelerator', () => {
  test('is proved by a guest that runs', async () => {
    const proved = await proveAccelerator(owner, 'tcg');
    expect(proved).toMatchObject({ accelerator: 'tcg', refused: [] });
    expect(proved.seconds).toBeGreaterThan(0);
    expect(proved.slowness).toBeGreaterThanOrEqual(1);
  });

  test('runs a guest for arm64, too; by KVM only where that is the processor', async () => {
    const proved = await proveAccelerator(owner, 'tcg', 'arm64');
    expect(proved).toMatchObject({ architecture: 'arm64', accelerator: 'tcg' });
    if (process.arch === 'arm64') return;
    await expect(proveAccelerator(owner, 'kvm', 'arm64')).rejects.toThrow(
      `kvm: this machine is ${process.arch}, the guest arm64`,
    );
  });

  test('that hangs is told within the limit', async () => {
    const own = probeGuest('amd64');
    const code = Buffer.from(own.code);
    Buffer.from(HANGING).copy(code);
    const started = Date.now();
    const options = { architecture: 'amd64', guest: { ...own, code }, limit: 4000 } as const;
    const probe = await probeAccelerator(owner, 'tcg', options);
    expect(probe).toEqual({ ran: false, reason: 'hangs (no answer in 4 s)' });
    expect(Date.now() - started).toBeLessThan(15_000);
  });
});

test('kill -9 of the harness ends QEMU at once, and the next start sweeps its folder', async () => {
  await using tiny = await guest(COUNTING);
  const code = `
    import { Machine, MachineFolder } from '${ROOT}harness/boot/machine/machine.ts';
    import { currentOwner } from '${ROOT}harness/engine/owner.ts';
    const folder = await MachineFolder.make(currentOwner('machine-killed'));
    await folder.overlay('disk.qcow2', 2 ** 21);
    const machine = await Machine.start(folder.path, ${JSON.stringify(spec(tiny.base))});
    machine.console.once('data', () => console.log(folder.path));
  `;
  const harness = execa(process.execPath, ['--input-type=module-typescript', '--eval', code], {
    reject: false,
  });
  const [line] = (await once(harness.stdout, 'data', { signal: AbortSignal.timeout(120_000) })) as [Buffer];
  const folder = line.toString().trim();
  expect(await processesIn(folder)).toHaveLength(1);
  harness.kill('SIGKILL');
  await harness;
  await until('QEMU is gone', async () => (await processesIn(folder)).length === 0, 10);
  expect((await listScratch()).map((scratch) => scratch.folder)).toContain(folder);
  expect((await twinproof(['clean', '--leftovers', '--quiet'])).exitCode).toBe(0);
  expect((await listScratch()).map((scratch) => scratch.folder)).not.toContain(folder);
});

test('a disk that starts again and again is not decided, says so, and needs no container engine', async () => {
  await using folder = await temporaryFolder();
  const disk = await tinyDisk(folder.path, RESETTING);
  const { exitCode, stdout } = await twinproof(
    ['boot', disk, '--accel', 'tcg', '--claim', 'boots', '--results', join(folder.path, 'results')],
    { env: { DOCKER_HOST: `unix://${folder.path}/no-engine` } },
  );
  expect(stdout).toMatch(/^error guest-unreachable boots: it was started \(bios\), .*: the machine ended$/);
  expect(exitCode).toBe(2);
});

test('a disk for arm64 is started by the program on its EFI system partition', async () => {
  await using folder = await temporaryFolder();
  const disk = await tinyArmDisk(folder.path, 'started by its own program');
  const results = join(folder.path, 'results');
  const args = ['boot', disk, '--accel', 'tcg', '--claim', 'boots', '--results', results, '--json'];
  const { stdout } = await twinproof(args);
  const shown = JSON.parse(stdout) as {
    results: { summary: string; detail: object; evidence: { name: string; digest: string }[] }[];
  };
  expect(schemaFaults(shown)).toBe(null);
  const [boots] = shown.results;
  expect(boots?.summary).toMatch(/^it was started \(uefi\), .*: the machine ended$/);
  expect(boots?.detail).toMatchObject({ disk: { architecture: 'arm64' } });
  const digest = boots?.evidence.find(({ name }) => name === 'console')?.digest ?? '';
  const console = await readFile(join(results, 'evidence', digest.replace(':', '/')), 'utf8');
  expect(console).toContain('started by its own program');
});
