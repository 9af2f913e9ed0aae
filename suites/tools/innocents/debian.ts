import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { Apt } from '../apt.ts';

/** Packages of two stable suites that follow one another: other sources, built by other compilers. */
export class DebianSuites {
  readonly #apt: Apt;

  /** @param folder for lists; made where it is missing */
  constructor(folder: string) {
    this.#apt = new Apt(folder, [
      ['deb', 'bookworm'],
      ['deb', 'trixie'],
    ]);
  }

  /** Versions that the suites have, the newest first. */
  async versions(name: string): Promise<string[]> {
    const listed = await this.#apt.run('apt-cache', ['madison', name]);
    const found = listed.split('\n').map((line) => line.split('|')[1]?.trim() ?? '');
    return [...new Set(found.filter((version) => version !== ''))];
  }

  /** Unpacks a package into the tree, with the status that dpkg keeps of it. */
  async unpack(
    name: string,
    version: string,
    { folder, tree }: { folder: string; tree: string },
  ): Promise<void> {
    await mkdir(folder, { recursive: true });
    await this.#apt.run('apt-get', ['download', `${name}=${version}`], { cwd: folder });
    const [file] = await readdir(folder);
    if (file === undefined) throw new Error(`${name} ${version}: nothing came`);
    const path = join(folder, file);
    await execa('dpkg-deb', ['--extract', path, tree]);
    const { stdout: control } = await execa('dpkg-deb', ['--field', path]);
    const database = join(tree, 'var/lib/dpkg');
    await mkdir(join(database, 'info'), { recursive: true });
    await writeFile(
      join(database, 'status'),
      `${control.replace(/^Package: .*$/m, '$&\nStatus: install ok installed')}\n`,
    );
    const all = await readdir(tree, { recursive: true });
    const paths = all.filter((found) => !found.startsWith('var/lib/dpkg')).map((found) => `/${found}\n`);
    await writeFile(join(database, 'info', `${name}.list`), ['/.\n', ...paths.sort()].join(''));
  }
}
