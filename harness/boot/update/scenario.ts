import { randomBytes } from 'node:crypto';
import type { Family } from '../families/types.ts';
import { outcomeOf } from '../system/outcome.ts';
import type { System } from '../system/system.ts';
import { fileDigests } from '../guest/file-list.ts';
import { type Identity, askIdentity } from './identity.ts';
import { splitArguments } from './kernel-arguments.ts';
import { type EtcFile, type UpdatePlan } from './plan.ts';
import { type RolledBack, goBack } from './rollback.ts';

/** The system at one moment. */
export interface Moment {
  /** Digest of the manifest of what runs. */
  running: string;
  /** Those that are there, in the order in which a boot loader offers them. */
  deployments: string[];
  /** sha256 by path, of all files of the plan and those that were written; null for one that is not there. */
  files: Map<string, string | null>;
  identity: Identity;
  /** The kernel's command line, in parts. */
  arguments: string[];
  /** What systemd says; null when no command runs. */
  state: string | null;
}

/** An update as it went. Moments that it did not come to are null. */
export interface Updated {
  /** When what a user would change was changed. */
  before: Moment;
  /** sha256 of what the user wrote. */
  written: string;
  /** Why the new image could not be staged. */
  refused: string | null;
  staged: Moment | null;
  /** Why no command runs after the start. */
  unreachable: string | null;
  after: Moment | null;
}

/** Written in /var before the update, and in the new system. */
export const VAR_BEFORE = '/var/lib/before-update';
export const VAR_AFTER = '/var/lib/after-update';
/** Written in the new system's /etc. */
export const ETC_AFTER = '/etc/after-update.conf';

/** Updates a system, and goes back; each is done once, whichever claims ask for it. */
export class UpdateScenario {
  readonly plan: UpdatePlan;
  /** Manifests of the two images. */
  readonly from: string;
  readonly to: string;
  readonly family: Family;
  readonly #system: System;
  readonly #nonce = `# written by the user ${randomBytes(8).toString('hex')}`;
  #updated: Promise<Updated> | undefined;
  #rolledBack: Promise<RolledBack<Moment>> | undefined;

  constructor(
    system: System,
    family: Family,
    { plan, from, to }: { plan: UpdatePlan; from: string; to: string },
  ) {
    this.#system = system;
    this.family = family;
    this.plan = plan;
    this.from = from;
    this.to = to;
  }

  readonly updated = (): Promise<Updated> => (this.#updated ??= this.#update());

  readonly rolledBack = (): Promise<RolledBack<Moment>> =>
    (this.#rolledBack ??= this.updated().then(() => this.#goBack()));

  async #update(): Promise<Updated> {
    const system = this.#system;
    await system.rewind();
    await this.#write([...this.plan.etc.filter(isWritten).map(({ path }) => path), VAR_BEFORE]);
    for (const { who, path } of this.plan.etc)
      if (who === 'removed-by-user') await system.guest.run(`rm -f '${path}'`);
    const before = await this.#look();
    const written = before.files.get(VAR_BEFORE) ?? '';
    system.note('offered', 'the next release');
    const refused = (await this.family.fetch(system.guest)) ?? (await this.family.stage(system.guest));
    if (refused !== null) return { before, written, refused, staged: null, unreachable: null, after: null };
    const staged = await this.#look();
    const { reason } = await outcomeOf(system.restart());
    const after = reason === null ? await this.#look() : null;
    return { before, written, refused, staged, unreachable: reason, after };
  }

  async #goBack(): Promise<RolledBack<Moment>> {
    await this.#write([VAR_AFTER, ETC_AFTER]);
    return goBack(this.#system, this.family, () => this.#look());
  }

  async #write(paths: string[]): Promise<void> {
    const lines = paths.map((path) => `echo '${this.#nonce}' > '${path}'`);
    await this.#system.guest.read(`set -e\n${lines.join('\n')}`);
  }

  async #look(): Promise<Moment> {
    const { guest, last } = this.#system;
    const { usr, etc } = this.plan;
    const paths = [...usr, ...etc].map(({ path }) => path);
    return {
      running: await this.family.running(guest),
      deployments: (await this.family.deployments(guest)).map(({ image }) => image ?? 'unknown'),
      files: await fileDigests(guest, [...paths, VAR_BEFORE, VAR_AFTER, ETC_AFTER]),
      identity: await askIdentity(guest),
      arguments: splitArguments(await guest.read('cat /proc/cmdline')),
      state: last.state,
    };
  }
}

const isWritten = ({ who }: EtcFile): boolean => who === 'user' || who === 'both' || who === 'added-by-user';
