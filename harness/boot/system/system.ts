import { link, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from '../../engine/owner.ts';
import { TwinproofError } from '../../errors.ts';
import type { BootEntry } from '../disk/boot-entries.ts';
import { type Boot, notUp } from './boot.ts';
import type { GuestChannel } from '../guest/channel.ts';
import { unreachable } from '../guest/replies.ts';
import { type SshAccess, sshAccess } from '../guest/ssh.ts';
import type { Proved } from '../machine/accelerator.ts';
import { HostPace, type Moment } from '../machine/host-pace.ts';
import { type Machine, MachineFolder } from '../machine/machine.ts';
import { comeUp } from './come-up.ts';
import { FILES, launch } from './launch.ts';
import { Life } from './life.ts';
import type { Loaded, BootMethod } from './boot-method.ts';
import { startedFrom } from './started-from.ts';
import { tooLate, whyTooLate } from './too-late.ts';
import { type Told, toldBy } from './told.ts';

/** What a system is started from; the files are only read. */
interface Disks {
  disk: string;
  /** A second disk with the next release of the system; null without. */
  update: string | null;
  /** What starts it. */
  bootMethod: BootMethod;
}

/** What it is put together from. */
interface Parts {
  folder: MachineFolder;
  proved: Proved;
  /** There is a disk with the next release. */
  update: boolean;
  bootMethod: BootMethod;
  ssh: SshAccess | null;
  life: Life;
}

/** Seconds, on a machine for which limits are made. */
const UNTIL_MENU = 60;
const UNTIL_DOWN = 90;
const BOOTED = 'booted';
/** Names in the folder of the machine. */
const { base: BASE, overlay: OVERLAY, log: LOG, update: UPDATE } = FILES;
const PRISTINE = 'pristine.raw';

/** An installed system in a virtual machine: started, asked, started again. Leaving its scope ends it. */
export class System implements AsyncDisposable {
  readonly owner: Owner;
  readonly proved: Proved;
  /** All starts, the last one last. */
  readonly boots: Boot[] = [];
  /** What happened to it and to its copies. */
  readonly life: Life;
  /** Notes what happens to it. */
  readonly note: ReturnType<Life['machine']>;
  readonly #folder: MachineFolder;
  readonly #update: boolean;
  readonly #bootMethod: BootMethod;
  readonly #ssh: SshAccess | null;
  #machine: Machine | null = null;
  #guest: GuestChannel | null = null;
  #pace: HostPace | null = null;
  #kept = false;
  #begun: Moment = { at: 0, waited: 0 };

  private constructor(owner: Owner, { folder, proved, update, bootMethod, ssh, life }: Parts) {
    this.life = life;
    this.note = life.machine();
    this.owner = owner;
    this.#folder = folder;
    this.#update = update;
    this.#bootMethod = bootMethod;
    this.#ssh = ssh;
    this.proved = proved;
  }

  /** A system on that disk, not started yet. */
  static async install(
    owner: Owner,
    proved: Proved,
    { disk, update, bootMethod }: Disks,
    life = new Life(),
  ): Promise<System> {
    const folder = await MachineFolder.make(owner);
    // The second name stays when another disk becomes the base.
    for (const name of [BASE, PRISTINE]) await link(disk, join(folder.path, name));
    if (update !== null) await link(update, join(folder.path, UPDATE));
    await bootMethod.install(folder.path, proved.slowness);
    const ssh = bootMethod.ssh === true ? await sshAccess(folder.path) : null;
    return new System(owner, { folder, proved, update: update !== null, bootMethod, ssh, life });
  }

  /** Another machine with copies of the disks as they were before the first start. */
  async clone(): Promise<System> {
    return this.#sibling(
      join(this.#folder.path, PRISTINE),
      this.#update ? join(this.#folder.path, UPDATE) : null,
    );
  }

  /** Another machine with another disk. */
  async withDisk(disk: string): Promise<System> {
    return this.#sibling(disk, null);
  }

  #sibling(disk: string, update: string | null): Promise<System> {
    const bootMethod = this.#bootMethod;
    return System.install(this.owner, this.proved, { disk, update, bootMethod }, this.life);
  }

  get guest(): GuestChannel {
    if (this.#guest !== null) return this.#guest;
    const last = this.boots.at(-1);
    if (last != null) throw notUp(last);
    throw unreachable('it was not started');
  }

  /** All that the console showed since the last start, also of a machine that has ended. */
  get console(): Buffer {
    return this.#machine?.log.bytes() ?? Buffer.alloc(0);
  }

  /** What is to be read of the last start. */
  async reported(): Promise<Told> {
    return toldBy(this.console, async () => (await this.#machine?.screenText()) ?? '');
  }

  /** How the last start went. */
  get last(): Boot {
    const boot = this.boots.at(-1);
    if (boot === undefined) throw new TwinproofError('internal', 'a system that was not started');
    return boot;
  }

  /** What a boot loader offers at the next start, the one that it takes by itself first. */
  async entries(): Promise<BootEntry[]> {
    return this.entriesOn(this.#folder.path, BASE);
  }

  /** What it would offer on another disk. */
  async entriesOn(folder: string, disk: string): Promise<BootEntry[]> {
    return this.#bootMethod.entries(folder, disk);
  }

  /**
   * Starts it and waits until it is up or will not be. A system that does not come up is an outcome, not an error.
   * @param pick number of the entry
   * @param logWrites keeps all that is written from this start on
   * @throws TwinproofError `timeout` when it did not come up well on a host that was too slow to say so
   */
  async boot(how: { pick?: number; logWrites?: boolean } = {}): Promise<Boot> {
    const boot = await this.start(how);
    if (boot.late !== null) throw tooLate(boot.late);
    return boot;
  }

  /** The same, where the host's lack of speed is an outcome, too. */
  async start({ pick = 0, logWrites = false } = {}): Promise<Boot> {
    const { path } = this.#folder;
    const entries = await this.entries();
    const entry = entries[pick];
    if (entry === undefined) throw new TwinproofError('image-invalid', `the disk has no boot entry ${pick}`);
    const { slowness } = this.proved;
    const boot = await this.#bootMethod.prepare({ folder: path, disk: BASE, slowness }, entry);
    this.#kept = false;
    const started = Date.now();
    this.note('started', [entry.name, entry.title].filter((word) => word !== '').join(': '));
    this.#machine = await launch({
      ...{ folder: this.#folder, proved: this.proved, boot, update: this.#update, logWrites },
      ...{ bootMethod: this.#bootMethod, ssh: this.#ssh },
    });
    const machine = this.#machine;
    const pace = new HostPace(this.owner, this.proved, machine.pid);
    this.#pace = pace;
    this.#begun = await pace.now();
    if (pick !== 0) await this.#bootMethod.pick(machine, pick, UNTIL_MENU * slowness);
    const { guest, ...came } = await comeUp(machine, { pace, ssh: this.#ssh });
    this.#guest = guest;
    const missed = guest === null || pick === 0 ? null : await startedFrom(guest, entry, entries[0]);
    const ownLimit = came.ownLimit ?? missed;
    const well = came.state === 'running' && ownLimit === null;
    const late = well ? null : await this.whyLate(ownLimit);
    const { state, reason } = came;
    const went = { entry, state, reason, late, seconds: (Date.now() - started) / 1000 };
    this.boots.push(went);
    this.note(reason === null ? 'up' : 'not up', reason ?? state ?? '');
    return went;
  }

  /**
   * Why what went wrong since the last start is no proof of anything; null when it is.
   * @param ownLimit what was not waited for any longer
   * @param guest is asked for its journal
   */
  async whyLate(
    ownLimit: string | null = null,
    guest: GuestChannel | null = this.#guest,
  ): Promise<string | null> {
    if (this.#pace === null) throw new TwinproofError('internal', 'a system that was not started');
    const { text } = await this.reported();
    return whyTooLate({ from: this.#begun, pace: this.#pace, ownLimit, console: text, guest });
  }

  /** Bytes of the log of writes by now. */
  async logged(): Promise<number> {
    return (await lstat(join(this.#folder.path, LOG))).size;
  }

  /** What the machine was given at the last start. */
  async loaded(): Promise<Loaded> {
    return this.#bootMethod.loaded(this.#folder.path, BASE, this.last.entry);
  }

  /** Gives the disk that the next start begins with, or the log of writes, a name elsewhere. */
  async keep(what: 'disk' | 'log', to: string): Promise<void> {
    await link(join(this.#folder.path, what === 'disk' ? BASE : LOG), to);
  }

  /** Ends it as a power cut would, but that nothing that it wrote is lost. */
  async kill(): Promise<void> {
    await this.#running().kill();
    this.note('ended');
  }

  /**
   * Whether it ends by itself within so many seconds of a machine that is as fast as limits are made for.
   * @throws TwinproofError `timeout` when it did not, on a host that was too slow to say so
   */
  async endsWithin(seconds: number): Promise<boolean> {
    if ((await this.#running().waitForEnd(seconds * this.proved.slowness * 1000)) !== null) return true;
    const late = await this.whyLate('it did not end by itself', null);
    if (late !== null) throw tooLate(late);
    return false;
  }

  /** Ends it, whatever it does, and keeps what is on its disk by then for the next start. */
  async endAsItIs(): Promise<void> {
    await this.kill();
    await this.#folder.flatten(OVERLAY, BASE);
  }

  /** The shell that a user may type into, and the end of the machine. */
  get terminal(): Pick<Machine, 'shell' | 'ended'> {
    return this.#running();
  }

  /** Goes back to the moment when it was up, so that what was done to it since is undone. */
  async rewind(): Promise<void> {
    const machine = this.#running();
    if (this.#kept) await machine.loadSnapshot(BOOTED);
    else await machine.saveSnapshot(BOOTED);
    if (this.#kept) this.note('rewound');
    this.#kept = true;
  }

  /** Has it shut down in order and starts it again from what is on its disk then. */
  async restart(): Promise<Boot> {
    await this.shutDown();
    return this.boot();
  }

  /** Has it shut down in order, and keeps what is on its disk then for the next start. */
  async shutDown(): Promise<void> {
    const machine = this.#running();
    const { slowness } = this.proved;
    // By itself a timer is late by up to a minute, so that it need not wake a machine. Source: systemd.timer(5), AccuracySec=.
    const soon = '--on-active=1 --timer-property=AccuracySec=100ms';
    await this.guest.run(`systemd-run --quiet ${soon} systemctl reboot`, 30);
    const ended = await machine.waitForEnd(UNTIL_DOWN * slowness * 1000);
    if (ended === null) {
      const late = await this.whyLate('it did not end', null);
      throw new TwinproofError('timeout', `the system did not shut down${late === null ? '' : `: ${late}`}`);
    }
    await this.#folder.flatten(OVERLAY, BASE);
    this.note('shut down');
  }

  /** What the screen shows now, as a file for as long as `use` takes. */
  async screenshot<T>(use: (path: string) => Promise<T>): Promise<T> {
    return this.#running().screenshot(use);
  }

  #running(): Machine {
    if (this.#machine === null) throw new TwinproofError('internal', 'a system that was not started');
    return this.#machine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#machine?.kill();
    await this.#folder[Symbol.asyncDispose]();
  }
}
