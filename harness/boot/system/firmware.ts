import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { TOOLS } from '../../setup/tool-list.mjs';
import { installCommand } from '../../setup/tools.mjs';
import { handOver, runConfined } from '../machine/confined.ts';
import { type EfiVariable, withVariable } from '../machine/efi-variables.ts';
import { PLATFORMS } from '../machine/platforms.ts';
import type { Architecture, BootSpec } from '../machine/types.ts';

type Uefi = Extract<BootSpec, { firmware: 'uefi' }>;

/** In the folder of the machine: as they are for a new machine, and as the last start left them. */
const NEW = 'new-machine.fd';
const VARIABLES = 'variables.qcow2';

/** Puts variables of a new machine into its folder. @param added one more than the firmware brings */
export async function installFirmware(
  folder: string,
  architecture: Architecture,
  added: EfiVariable | null,
): Promise<void> {
  const { variables } = await firmware(architecture);
  const store = await readFile(variables);
  await writeFile(join(folder, NEW), added === null ? store : withVariable(store, added), { flag: 'wx' });
  await handOver(join(folder, NEW));
  await convert(folder, { from: NEW, format: 'raw' });
}

/** UEFI for the next start, with the variables as the last one left them. */
export async function uefi(folder: string, architecture: Architecture): Promise<Uefi> {
  const { code } = await firmware(architecture);
  // A snapshot of an earlier start is left behind.
  await convert(folder, { from: VARIABLES, format: 'qcow2' });
  return { kind: 'firmware', firmware: 'uefi', code, variables: VARIABLES };
}

async function convert(folder: string, { from, format }: { from: string; format: string }): Promise<void> {
  const command = ['qemu-img', 'convert', '-f', format, '-O', 'qcow2', from, 'new-variables.qcow2'];
  await runConfined(command, { cwd: folder });
  await rename(join(folder, 'new-variables.qcow2'), join(folder, VARIABLES));
}

async function firmware(architecture: Architecture): Promise<{ code: string; variables: string }> {
  for (const [code, variables] of PLATFORMS[architecture].firmware) {
    const there = await access(code).then(
      () => true,
      () => false,
    );
    if (there) return { code, variables };
  }
  const tool = architecture === 'arm64' ? 'AAVMF' : 'OVMF';
  throw new TwinproofError(
    'unsupported',
    `there is no UEFI firmware for virtual machines (${architecture})`,
    {
      hint: installCommand(TOOLS.filter(({ command }) => command === tool))?.join(' ') ?? `install ${tool}`,
    },
  );
}
