import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { UNDER_TEST } from '../../engine/marks.ts';
import { type Engine, idle } from '../../engine/port.ts';
import type { Owner } from '../../engine/owner.ts';
import { writeDockerArchive } from '../../oci/transport/docker-archive.ts';
import { parseDigest } from '../../oci/digest.ts';
import type { OciImage, OciLayer } from '../../oci/types.ts';
import type { OperatingSystem } from './operating-system.ts';
import type { Named } from './slots.ts';
import { writePlainLayer } from './plain-layer.ts';
import { lastWords } from '../guest/words.ts';

/** Run one after the other, as one. */
const SCRIPTS = {
  ostree: ['partitions.sh', 'build-disk.sh'],
  ab: ['partitions.sh', 'build-slots.sh'],
};
/** Bytes of memory for the tree before it is on the disk. */
const SCRATCH = 6 * 2 ** 30;
const MIB = 2 ** 20;
/** Seconds; real images take ten. */
const LIMIT = 900;
/** Exit codes: of timeout(1), and of a script that found fault with what it made itself (sysexits.h, EX_SOFTWARE). */
const TIMED_OUT = 124;
const OWN_FAULT = 70;
/** What a container's root needs to give files the owners, modes and capabilities that the image says. */
const CAPABILITIES = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'SETFCAP'];
const STATEROOT = 'os';

/** Serial number of the second disk that a machine has. */
export const UPDATE_DISK = 'disk1';

interface Images {
  os: OperatingSystem;
  image: OciImage;
  /** What it shall be updated to, the next release first; a name each. */
  releases: Map<string, OciImage>;
  /** What every start adds to the kernel's command line, for a boot loader that reads it from the disk. */
  commandLine: string;
  /** What the image wants to have on the kernel's command line; bootc puts that there. */
  ownArguments?: string[];
  /** The remote of ostree's that its releases come from; null where it names none. */
  remote?: string | null;
  /** Seconds that systemd waits for the device of a file system which is a line in the fstab that is written here. */
  deviceTimeout?: number;
  /** What the image and its releases are called for a tool that updates two slots by such names. */
  named?: { first: Named; releases: ReadonlyMap<string, Named> } | null;
}

export interface MadeDisks {
  disk: string;
  /** A disk that holds the releases; null without one. */
  update: string | null;
  /** For two slots, sha256 of what is installed and of what may be: a line each, as sha256sum(1) has them. */
  installed: string;
}

/**
 * Puts an image on a disk, a raw file: an ostree deployment, or two slots. The same image gives the same bytes. The work is done
 * in an isolated container of the image itself.
 * @param folder scratch space of the caller
 * @throws TwinproofError `build-failed` with the tools' last words, `internal` when what was made is not whole, `timeout`
 */
export async function makeDisk(
  engine: Engine,
  owner: Owner,
  { folder, ...images }: Images & { folder: string },
): Promise<MadeDisks> {
  const { output, installed } = await make(engine, owner, { folder, images });
  const update = images.releases.size === 0 ? null : join(output, 'update.raw');
  return { disk: join(output, 'disk.raw'), update, installed };
}

/**
 * Makes a disk that holds releases and nothing else, for a system that is on another one already.
 * @param image whose tools make it
 * @returns its path
 * @throws TwinproofError like `makeDisk`
 */
export async function makeUpdateDisk(
  engine: Engine,
  owner: Owner,
  { folder, ...images }: Images & { folder: string },
): Promise<string> {
  const { output } = await make(engine, owner, { folder, images, updateOnly: true });
  return join(output, 'update.raw');
}

async function make(
  engine: Engine,
  owner: Owner,
  { folder, images, updateOnly = false }: { folder: string; images: Images; updateOnly?: boolean },
): Promise<{ output: string; installed: string }> {
  const { image, releases } = images;
  const layers = join(folder, 'layers');
  const output = join(folder, 'disk');
  await mkdir(layers, { recursive: true });
  await mkdir(output, { recursive: true });
  const written = new Set<string>();
  for (const each of [...(updateOnly ? [] : [image]), ...releases.values()]) {
    for (const layer of each.layers) {
      if (written.has(nameOf(layer))) continue;
      written.add(nameOf(layer));
      await writePlainLayer(each, layer, join(layers, nameOf(layer)));
    }
  }
  const name = `${UNDER_TEST}:${randomBytes(8).toString('hex')}`;
  try {
    await engine.images.load(writeDockerArchive(image, name));
    await install(engine, owner, { name, layers, output, images, updateOnly });
  } finally {
    await engine.images.remove(name);
  }
  const installed = images.os.family === 'ab' ? await readFile(join(output, 'installed'), 'utf8') : '';
  return { output, installed };
}

/** Hex only: it goes into a script. */
const nameOf = ({ diffId }: OciLayer): string => parseDigest(diffId, 'layer').hex;

const namesOf = ({ layers }: OciImage): string => layers.map(nameOf).join(' ');

async function install(
  engine: Engine,
  owner: Owner,
  job: { name: string; layers: string; output: string; images: Images; updateOnly: boolean },
): Promise<void> {
  const { name, layers, output, images, updateOnly } = job;
  const { getuid, getgid } = process;
  const { image } = images;
  await using container = await engine.run(owner, {
    image: name,
    command: idle(LIMIT + 60),
    inputs: [{ from: layers, at: '/layers' }],
    outputs: [{ to: output, at: '/output' }],
    scratch: {
      '/scratch': { executable: true, privileged: true, size: SCRATCH },
      '/tmp': { size: 256 * MIB },
      '/var/tmp': { size: 256 * MIB },
      '/run': { size: 64 * MIB },
    },
    capabilities: CAPABILITIES,
    environment: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      MANIFEST: image.manifest.digest,
      LAYERS: updateOnly ? '' : namesOf(image),
      UUID: uuidOf(image.config.digest),
      SECONDS_OF_IMAGE: secondsOf(image),
      ARGUMENTS: images.commandLine,
      ...(images.os.family === 'ab' ? slots(images) : ostree(images)),
      OWNER: `${getuid?.() ?? 0}:${getgid?.() ?? 0}`,
    },
    limits: { memory: SCRATCH + 2 ** 30, processes: 256 },
    user: '0:0',
  });
  const parts = SCRIPTS[images.os.family].map((part) => readFile(new URL(part, import.meta.url), 'utf8'));
  const script = (await Promise.all(parts)).join('');
  const { exitCode, stderr, stdout } = await container.exec(['timeout', String(LIMIT), 'sh', '-c', script]);
  if (exitCode !== 0) throw failure(exitCode, lastLine(`${stdout}\n${stderr}`));
}

const lastLine = (text: string): string => lastWords(text.trim().split('\n').at(-1) ?? '', 300);

/** Why there is no disk. What is wrong with what was made here says nothing of the image. */
export function failure(exitCode: number, words: string): TwinproofError {
  if (exitCode === OWN_FAULT)
    return new TwinproofError('internal', `the disk that was made of the image is not whole: ${words}`, {
      hint: 'that is no fault of the image; please report it with the image',
    });
  if (exitCode === TIMED_OUT)
    return new TwinproofError('timeout', `the image was not on a disk after ${LIMIT} s`, {
      hint: 'run it again when less runs beside it',
    });
  return new TwinproofError('build-failed', `the image could not be put on a disk: ${words}`, {
    hint: `the image's own tools do it; they ended with exit code ${exitCode}`,
  });
}

function ostree({
  os,
  image,
  releases,
  deviceTimeout = 90,
  ownArguments = [],
  remote = null,
}: Images): Record<string, string> {
  const lines = [...releases].map(
    ([name, each]) => `${name} ${each.manifest.digest} ${createdOf(each)} ${namesOf(each)}`,
  );
  const [next] = releases.values();
  return {
    STATEROOT,
    LOADER: os.loader ?? '',
    REMOTE: remote ?? '',
    OWN_ARGUMENTS: ownArguments.join('\n'),
    DEVICE_TIMEOUT: String(deviceTimeout),
    RELEASES: lines.join('\n'),
    UPDATE_UUID: next === undefined ? '' : uuidOf(next.config.digest),
    TIMESTAMP: createdOf(image),
  };
}

/** Of slots that nothing updates. */
const UNNAMED = ['root-a', '/a/vmlinuz', '/a/initrd', '/loader/entries/os-a.conf', '1'];
const OTHER_UNNAMED = 'root-b';
/** Of a slot that systemd-sysupdate may write to; sysupdate.d(5), "partition". */
const EMPTY = '_empty';

function slots({ releases, named = null }: Images): Record<string, string> {
  const lines = [...releases].flatMap(([name, each]) => {
    const called = named?.releases.get(name);
    if (called === undefined) return [];
    const { installed, served, version } = called;
    const places = [installed.root, installed.kernel, installed.initrd, version];
    const files = [served.root, served.kernel, served.initrd, served.entry];
    return [[name, each.manifest.digest, ...places, ...files, namesOf(each)].join(' ')];
  });
  return {
    INSTALLED: (named === null ? UNNAMED : placesOf(named.first)).join(' '),
    OTHER_SLOT: named === null ? OTHER_UNNAMED : EMPTY,
    RELEASES: lines.join('\n'),
  };
}

const placesOf = ({ installed, version }: Named): string[] => [
  ...[installed.root, installed.kernel, installed.initrd, installed.entry],
  version,
];

/** An id that belongs to the image, in the form of RFC 9562, version 8. */
function uuidOf(digest: string): string {
  const hex = digest.replace(/^[^:]*:/, '').slice(0, 32);
  const [, a, b, c, d, e] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(hex) ?? [];
  return `${a ?? ''}-${b ?? ''}-8${c ?? ''}-8${d ?? ''}-${e ?? ''}`;
}

/** The time of the commit: that of the image, so that it is the same twice. */
function createdOf(image: OciImage): string {
  const { created } = image.config.json;
  const time = typeof created === 'string' ? Date.parse(created) : NaN;
  return new Date(Number.isNaN(time) ? 0 : time).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A FAT file system knows no time before 1980. */
function secondsOf(image: OciImage): string {
  return String(Math.floor(Math.max(Date.parse(createdOf(image)), Date.UTC(1980, 0, 1)) / 1000));
}
