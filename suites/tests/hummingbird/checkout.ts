import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { formatLock } from '../../../harness/lock/write.ts';
import type { LockedPackage } from '../../../harness/lock/types.ts';
import { containerfileOf } from './containerfile.ts';
import { componentDefinition, pipelineRun } from './konflux.ts';
import { type BuiltPackage, closureOf, lockedPackage, sourcesOf } from './packages.ts';
import { DISTRO_REPOFILES, REPOFILES, repofileText, repositoriesOf } from './repositories.ts';
import { DEFAULTS, DEFAULT_PACKAGES, type Variant } from './table.ts';

/** Where the packages are that locks name. */
interface Packages {
  repositories: string;
  built: readonly BuiltPackage[];
}

/** Writes the files of a checkout and commits them. The same packages give the same commit. */
export async function writeCheckout(
  folder: string,
  variants: readonly Variant[],
  packages: Packages,
): Promise<void> {
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  for (const [file, repositories] of Object.entries(REPOFILES)) {
    await write(`yum-repos/${file}`, repofileText(repositories));
  }
  await write('images/variables.yml', variables());
  for (const variant of variants) {
    await write(`images/${variant.image}/properties.yml`, propertiesOf(variant));
    await write(`images/${variant.image}/rootfs/usr/share/buildinfo/image`, `${variant.image}\n`);
    await write(`${variant.folder}/Containerfile`, containerfileOf(variant));
    await write(`${variant.folder}/rpms/rpms.in.yaml`, inputOf(variant));
    await write(`${variant.folder}/rpms/rpms.lock.yaml`, await lockOf(variant, packages));
    await copyExtra(folder, variant, packages);
  }
  await writeKonflux(write, variants);
  await commit(folder, 'Generated checkout');
}

/** How Pipelines as Code builds each variant, and what the templates of components were rendered to. */
async function writeKonflux(
  write: (path: string, text: string) => Promise<void>,
  variants: readonly Variant[],
): Promise<void> {
  for (const variant of variants) {
    const { image, distro, name } = variant;
    await write(`.tekton/${image}-${distro}-${name}-push.yaml`, pipelineRun(variant));
  }
  const components = variants.map((variant) => `---\n${componentDefinition(variant)}`);
  await write('konflux-templates/rendered.yml', components.join(''));
}

const variables = (): string =>
  stringify({
    cpe: 'cpe:2.3:a:twinproof:hummingbird-like:1',
    default_user: '65532',
    default_distros: DEFAULTS.distros,
    default_variants: DEFAULTS.variants,
    default_variant_repos: DISTRO_REPOFILES,
    default_rpm_packages: DEFAULT_PACKAGES,
  });

function propertiesOf({ image, about }: Variant): string {
  const { stream, repository, distros, variants, fips, hermetic } = about;
  return stringify({
    main_package: about.package ?? image,
    rpm_packages: { all: [about.package ?? image] },
    stream,
    repository,
    distros,
    variants,
    additional_variants: fips === true ? [{ name: 'fips', distros: ['hummingbird'] }] : undefined,
    hermetic,
  });
}

export function inputOf({ distro, packages }: Variant): string {
  return stringify({
    arches: ['x86_64'],
    contentOrigin: { repofiles: DISTRO_REPOFILES[distro].map((file) => `../../../../../yum-repos/${file}`) },
    context: { bare: true },
    installWeakDeps: false,
    packages,
  });
}

export async function lockOf(variant: Variant, { repositories, built }: Packages): Promise<string> {
  const packages = closureOf(variant.packages, built, repositoriesOf(variant.distro));
  const entries = (list: BuiltPackage[]): Promise<LockedPackage[]> =>
    Promise.all(list.map((entry) => lockedPackage(entry, repositories)));
  const binaries = await entries(packages);
  const arch = {
    arch: 'x86_64',
    packages: withFault(variant, binaries),
    source: await entries(sourcesOf(packages, built)),
  };
  return formatLock({ kind: 'rpm', arches: [{ ...arch, moduleMetadata: [] }], origins: [] });
}

function withFault({ image, about, fault }: Variant, packages: LockedPackage[]): LockedPackage[] {
  return packages.map((entry) => {
    if (entry.name !== (about.package ?? image)) return entry;
    // What another build of the same version and release would have.
    if (fault.tampered === 'other-checksum')
      return { ...entry, checksum: `sha256:${'0123456789abcdef'.repeat(4)}` };
    if (fault.tampered === 'gone') {
      return {
        ...entry,
        url: entry.url.replace(/[^/]*$/, 'gone-$&'),
        checksum: `sha256:${'fedcba9876543210'.repeat(4)}`,
      };
    }
    return entry;
  });
}

async function copyExtra(
  folder: string,
  { image, fault }: Variant,
  { repositories, built }: Packages,
): Promise<void> {
  if (fault.extra === undefined) return;
  const extra = built.find(({ name, sourcerpm }) => name === fault.extra && sourcerpm.includes('.hum1.'));
  if (extra === undefined) throw new Error(`there is no package ${fault.extra}`);
  await copyFile(join(repositories, extra.file), join(folder, 'images', image, 'extra.rpm'));
}

/** With fixed names and times, so that the same files are the same commit. */
export async function commit(folder: string, message: string): Promise<void> {
  const date = '2026-01-01T00:00:00Z';
  const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, GIT_CONFIG_GLOBAL: '/dev/null' };
  const git = (...words: string[]) =>
    execa('git', ['-c', 'user.name=fixture', '-c', 'user.email=fixture@example.org', ...words], {
      cwd: folder,
      env,
    });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', message);
}
