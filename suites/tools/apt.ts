import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Options, execa } from 'execa';

const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** apt with a state of its own in a folder: that of the host is left as it is. */
export class Apt {
  readonly #folder: string;
  readonly #sources: readonly [kind: 'deb' | 'deb-src', suite: string][];
  #updated: Promise<void> | null = null;

  /** @param folder for lists; made where it is missing */
  constructor(folder: string, sources: readonly [kind: 'deb' | 'deb-src', suite: string][]) {
    this.#folder = folder;
    this.#sources = sources;
  }

  #options(): string[] {
    const settings = {
      'Dir::State': this.#folder,
      'Dir::State::status': join(this.#folder, 'status'),
      'Dir::Cache': this.#folder,
      'Dir::Etc::sourcelist': join(this.#folder, 'sources.list'),
      'Dir::Etc::sourceparts': '-',
      'APT::Architecture': 'amd64',
      'APT::Sandbox::User': 'root',
      'Acquire::Languages': 'none',
    };
    return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  }

  async #update(): Promise<void> {
    await mkdir(join(this.#folder, 'lists/partial'), { recursive: true });
    await mkdir(join(this.#folder, 'archives/partial'), { recursive: true });
    const lines = this.#sources.map(
      ([kind, suite]) => `${kind} [signed-by=${KEYS}] http://deb.debian.org/debian ${suite} main\n`,
    );
    await writeFile(join(this.#folder, 'sources.list'), lines.join(''));
    await writeFile(join(this.#folder, 'status'), '');
    await execa('apt-get', [...this.#options(), '--quiet', 'update']);
  }

  /** What `apt-get` or `apt-cache` prints. */
  async run(
    program: 'apt-get' | 'apt-cache',
    args: readonly string[],
    options: Options = {},
  ): Promise<string> {
    this.#updated ??= this.#update();
    await this.#updated;
    const { stdout } = await execa(program, [...this.#options(), '--quiet', ...args], options);
    return String(stdout);
  }
}
