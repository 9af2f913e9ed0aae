import { TwinproofError } from '../../errors.ts';
import type { OciImage } from '../../oci/types.ts';
import type { Family } from '../families/types.ts';
import type { GuestChannel } from '../guest/channel.ts';
import { LIST_USR, parseFileList } from '../guest/file-list.ts';
import type { System } from '../system/system.ts';
import type { Digests } from './digests.ts';
import { type KernelArguments, splitArguments } from './kernel-arguments.ts';
import { planUpdate } from './plan.ts';
import { UpdateScenario } from './scenario.ts';

/** Seconds. */
const LIST = 300;
const LIST_ETC = LIST_USR.replace('find usr ', 'find etc ');
const DEFAULTS = 'usr/etc/';

/**
 * The update of a system of which only its disk is known: what it has is what it says itself, and no file is looked for that the
 * next release is to remove, as its tools may have made it.
 * @throws TwinproofError `unsupported` when it does not say what it runs
 */
export async function givenScenario(
  system: System,
  family: Family,
  { image, digests }: { image: OciImage; digests: Digests },
): Promise<UpdateScenario> {
  const { guest } = system;
  const from = await family.running(guest);
  const to = image.manifest.digest;
  if (from === '') throw new TwinproofError('unsupported', 'it does not say which image it was made from');
  if (from === to) throw new TwinproofError('unsupported', 'what it is to be updated to runs already');
  const before = await filesOf(guest);
  const after = new Map([...digests].filter(([path]) => !path.startsWith(DEFAULTS)));
  for (const path of before.keys()) if (!after.has(path)) before.delete(path);
  const reported = splitArguments(await guest.read('cat /proc/cmdline'));
  const plan = planUpdate(before, after, await kernelOf(image, family, reported));
  return new UpdateScenario(system, family, { plan, from, to });
}

/** Files below /usr, and the defaults of /etc: where none are kept, what is in it. */
async function filesOf(guest: GuestChannel): Promise<Map<string, string>> {
  const usr = await listed(guest, LIST_USR);
  const kept = [...usr].filter(([path]) => path.startsWith(DEFAULTS));
  const etc = kept.length > 0 ? kept : [...(await listed(guest, LIST_ETC))];
  const own = [...usr].filter(([path]) => !path.startsWith(DEFAULTS));
  return new Map([
    ...own,
    ...etc.map(([path, digest]): [string, string] => [path.replace(/^usr\//, ''), digest]),
  ]);
}

async function listed(guest: GuestChannel, script: string): Promise<Map<string, string>> {
  const { status, stdout } = await guest.run(script, LIST);
  const files = status === 0 ? parseFileList(stdout) : null;
  if (files === null) throw new TwinproofError('unsupported', 'it does not list its files');
  return new Map([...files].map(([path, digest]) => [path, Buffer.from(digest, 'latin1').toString('hex')]));
}

/** Of what the release wants the kernel to be told, it is told now what it was told before. */
async function kernelOf(
  image: OciImage,
  { commandLine }: Family,
  reported: string[],
): Promise<KernelArguments | null> {
  if (commandLine === null) return null;
  const after = await commandLine.of(image);
  return { before: after.filter((each) => reported.includes(each)), after };
}
