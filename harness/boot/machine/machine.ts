import type { ChildProcess } from 'node:child_process';
import { constants, type FileHandle, chmod, copyFile, open, readFile, rename } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import type { Owner } from '../../engine/owner.ts';
import { makeScratch, removeScratch } from '../../engine/scratch.ts';
import { DESCRIPTORS, qemuArguments } from './arguments.ts';
import { groupOf, handOver, runConfined, spawnConfined } from './confined.ts';
import { ConsoleLog } from './console-log.ts';
import { PLATFORMS } from './platforms.ts';
import { QmpClient } from './qmp.ts';
import { screenFont, screenText } from './screen-text.ts';
import type { DiskSpec, MachineSpec } from './types.ts';
import { lastWords } from '../guest/words.ts';

/** How QEMU ended: by itself, or because it was told to. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** QEMU's own last words. */
  words: string;
}

/** Milliseconds until QEMU is killed that was told to quit. */
const QUIT = 10_000;
/** Milliseconds for writing a disk anew. */
const FLATTEN = 600_000;

/** The folder of a machine: overlays, kernel, firmware variables. It outlives single starts of the machine. */
export class MachineFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Belongs to a run: what a crash leaves of it, the next start sweeps up. */
  static async make(owner: Owner): Promise<MachineFolder> {
    const path = await makeScratch(owner, 'machine');
    await handOver(path);
    return new MachineFolder(path);
  }

  /** Puts a file where the machine can read and write it, and returns how the machine calls it. */
  async bring(source: string, name: string): Promise<string> {
    const path = join(this.path, name);
    await copyFile(source, path);
    await chmod(path, 0o600);
    await handOver(path);
    return name;
  }

  /** An empty overlay for a disk of that size in bytes. */
  async overlay(name: string, bytes: number): Promise<string> {
    await runConfined(['qemu-img', 'create', '-q', '-f', 'qcow2', name, String(bytes)], { cwd: this.path });
    return name;
  }

  /** What was written to an overlay becomes part of the raw disk below it. */
  async flatten(overlay: string, base: string): Promise<void> {
    const file = (filename: string): object => ({ driver: 'file', filename });
    const backing = { driver: 'raw', file: file(base) };
    const source = `json:${JSON.stringify({ driver: 'qcow2', file: file(overlay), backing })}`;
    const command = ['qemu-img', 'convert', '-O', 'raw', source, 'next.raw'];
    await runConfined(command, { cwd: this.path, timeout: FLATTEN });
    await rename(join(this.path, 'next.raw'), join(this.path, base));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return removeScratch(this.path);
  }
}

/** A running QEMU. Leaving its scope ends it; so does the end of this process, whatever the reason. */
export class Machine implements AsyncDisposable {
  readonly qmp: QmpClient;
  /** First serial port: what kernel and system print. */
  readonly log: ConsoleLog;
  readonly console: Duplex;
  /** Second serial port. */
  readonly shell: Duplex;
  /** What Linux calls the two serial ports. */
  readonly ports: { console: string; shell: string };
  /** Virtio port `guest.channel`. */
  readonly channel: Duplex;
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #disks: number;
  readonly #folder: string;

  private constructor(
    child: ChildProcess,
    {
      qmp,
      ended,
      spec,
      folder,
    }: { qmp: QmpClient; ended: Promise<Ended>; spec: MachineSpec; folder: string },
  ) {
    this.#child = child;
    this.#folder = folder;
    this.#disks = spec.disks.length;
    this.log = new ConsoleLog(spec.consoleLimit);
    this.qmp = qmp;
    this.ports = PLATFORMS[spec.architecture].ports;
    this.ended = ended;
    this.console = duplex(child, DESCRIPTORS.console);
    this.shell = duplex(child, DESCRIPTORS.shell);
    this.channel = duplex(child, DESCRIPTORS.channel);
    this.console.on('data', (piece: Buffer) => this.log.push(piece));
  }

  /** @throws TwinproofError `unsupported` without QEMU, `internal` with QEMU's words when it does not start */
  static async start(folder: string, spec: MachineSpec): Promise<Machine> {
    const child = await spawnQemu(folder, spec);
    const ended = endOf(child);
    try {
      const qmp = await QmpClient.open(duplex(child, DESCRIPTORS.control));
      return new Machine(child, { qmp, ended, spec, folder });
    } catch (cause) {
      child.kill('SIGKILL');
      const { words } = await ended;
      throw new TwinproofError('internal', `QEMU did not start: ${words === '' ? String(cause) : words}`, {
        cause,
      });
    }
  }

  /** Of QEMU. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Milliseconds until null is returned. */
  async waitForEnd(timeout: number): Promise<Ended | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), timeout)));
    return Promise.race([this.ended, late]).finally(() => clearTimeout(timer));
  }

  /** Ends QEMU in order: overlays are flushed. The guest does not notice. */
  async quit(): Promise<Ended> {
    await this.qmp.execute('quit', {}, QUIT).catch(() => undefined);
    const ended = await this.waitForEnd(QUIT);
    return ended ?? this.kill();
  }

  /** Ends QEMU as a power cut would. */
  async kill(): Promise<Ended> {
    this.#child.kill('SIGKILL');
    return this.ended;
  }

  /** Keeps memory, devices and disks under a name in the overlays. The guest stands still meanwhile. */
  async saveSnapshot(tag: string): Promise<void> {
    const devices = Array.from({ length: this.#disks }, (_, index) => `disk${index}`);
    const nodes = await this.#writable(devices);
    const [vmstate] = nodes;
    if (vmstate === undefined)
      throw new TwinproofError('internal', 'a machine without overlays has no snapshots');
    await this.#job('snapshot-save', { tag, vmstate, devices: nodes });
  }

  /** Goes back to a snapshot of this machine. */
  async loadSnapshot(tag: string): Promise<void> {
    const devices = Array.from({ length: this.#disks }, (_, index) => `disk${index}`);
    const nodes = await this.#writable(devices);
    await this.qmp.execute('stop');
    await this.#job('snapshot-load', { tag, vmstate: nodes[0], devices: nodes });
    await this.qmp.execute('cont');
  }

  /** What the screen shows, a PNG that QEMU writes to the machine's folder, for as long as `use` takes. */
  async screenshot<T>(use: (path: string) => Promise<T>): Promise<T> {
    return this.#screen('png', use);
  }

  /** The text on it, as far as that can be read; empty where it cannot. */
  async screenText(): Promise<string> {
    const font = await screenFont();
    if (font === null) return '';
    return this.#screen('ppm', async (path) => screenText(await readFile(path), font));
  }

  async #screen<T>(format: 'png' | 'ppm', use: (path: string) => Promise<T>): Promise<T> {
    await this.qmp.execute('screendump', { filename: `screen.${format}`, format });
    await using file = await openPlain(join(this.#folder, `screen.${format}`));
    return await use(`/proc/self/fd/${file.fd}`);
  }

  async #writable(names: string[]): Promise<string[]> {
    const nodes = (await this.qmp.execute('query-named-block-nodes', { flat: true })) as {
      'node-name': string;
    }[];
    const known = new Set(nodes.map((node) => node['node-name']));
    return [...names, 'variables'].filter((name) => known.has(name));
  }

  /** Runs a job of QEMU to its end. Source: QEMU qapi/job.json. */
  async #job(command: string, args: Record<string, unknown>, timeout = 120_000): Promise<void> {
    const id = `${command}-${this.qmp.events.length}`;
    const from = this.qmp.events.length;
    await this.qmp.execute(command, { 'job-id': id, ...args });
    await this.qmp.waitFor(
      ({ name, data }) => name === 'JOB_STATUS_CHANGE' && data.id === id && data.status === 'concluded',
      timeout,
      from,
    );
    const jobs = (await this.qmp.execute('query-jobs')) as { id: string; error?: string }[];
    await this.qmp.execute('job-dismiss', { id });
    const error = jobs.find((job) => job.id === id)?.error;
    if (error !== undefined) throw new TwinproofError('internal', `QEMU could not ${command}: ${error}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

async function spawnQemu(folder: string, spec: MachineSpec): Promise<ChildProcess> {
  const files = await openDisks(spec.disks);
  try {
    const groups = spec.accelerator === 'kvm' ? await groupOf('/dev/kvm') : [];
    return spawnConfined(qemuArguments(spec), {
      cwd: folder,
      groups,
      stdio: ['ignore', 'ignore', 'pipe', ...FOUR_PIPES, ...files.map(({ fd }) => fd)],
    });
  } finally {
    for (const file of files) await file.close();
  }
}

const FOUR_PIPES = ['pipe', 'pipe', 'pipe', 'pipe'] as const;

async function openDisks(disks: DiskSpec[]): Promise<FileHandle[]> {
  return Promise.all(disks.map(({ base }) => openPlain(base)));
}

/**
 * Opens a file. QEMU may put what it likes into the folder of its machine; a link there must not make root
 * read something else.
 * @throws TwinproofError `usage` when it is no plain file
 */
export async function openPlain(path: string, how: 'read' | 'write' = 'read'): Promise<FileHandle> {
  const flags = how === 'read' ? constants.O_RDONLY : constants.O_RDWR;
  const file = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new TwinproofError('usage', 'a disk is a file', { where: path });
}

function duplex(child: ChildProcess, descriptor: number): Duplex {
  // Node types what may be a pipe by its narrowest; a pair of connected sockets goes both ways.
  const stream = child.stdio[descriptor] as unknown as Duplex;
  // A machine that was killed resets its sockets; whoever talks to it is told by `ended`.
  stream.on('error', () => undefined);
  return stream;
}

function endOf(child: ChildProcess): Promise<Ended> {
  let words = '';
  child.stderr?.on('data', (piece: Buffer) => {
    words = (words + piece.toString('utf8')).slice(-4096);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, words: error.message }));
    child.once('exit', (code, signal) => resolve({ code, signal, words: lastWords(words, 300) }));
  });
}
