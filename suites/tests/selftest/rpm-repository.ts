import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { type Answer, serve } from '../../../harness/fetch/testing/server.ts';
import { sha256 } from '../../../harness/model/digest.ts';

/** A package without files; the lines go into its preamble. */
export interface TinyPackage {
  name: string;
  version: string;
  lines?: string[];
  /** A file that it owns. */
  owns?: string;
  arch?: string;
}

/** Builds packages with rpmbuild, sources too, into `folder/Packages`, and their metadata with createrepo_c. */
export async function makeRepository(
  folder: string,
  packages: TinyPackage[],
  options: string[] = [],
): Promise<void> {
  const top = join(folder, '.build');
  const target = join(folder, 'Packages');
  await mkdir(top, { recursive: true });
  await mkdir(target, { recursive: true });
  for (const tiny of packages) await buildOne(top, target, tiny);
  await execa('createrepo_c', ['--quiet', '--excludes', '.build/*', ...options, folder]);
}

async function buildOne(top: string, target: string, tiny: TinyPackage): Promise<void> {
  const { name, version, lines = [], owns, arch = 'noarch' } = tiny;
  const install =
    owns === undefined ? '' : `mkdir -p %{buildroot}$(dirname ${owns}); echo ${name} > %{buildroot}${owns}`;
  const spec = `Name: ${name}
Version: ${version}
Release: 1
Summary: ${name}
License: MIT
${arch === 'noarch' ? 'BuildArch: noarch' : ''}
${lines.join('\n')}
%description
${name}
%install
${install}
%files
${owns ?? ''}
`;
  const path = join(top, `${name}.spec`);
  await writeFile(path, spec);
  const define = (text: string): string[] => ['--define', text];
  const folders = [
    ...define(`_topdir ${top}`),
    ...define(`_rpmdir ${target}`),
    ...define(`_srcrpmdir ${target}`),
  ];
  const flat = define('_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm');
  const machine = arch === 'noarch' ? [] : ['--target', arch];
  await execa('rpmbuild', [
    '-ba',
    '--quiet',
    ...machine,
    ...folders,
    ...flat,
    ...define('debug_package %{nil}'),
    path,
  ]);
}

/** What a web server over the folder would answer, below `prefix`. */
export async function answersOf(folder: string, prefix: string): Promise<Record<string, Answer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const answers: Record<string, Answer> = {};
  for (const path of files) {
    const name = relative(folder, path);
    if (!name.startsWith('.build')) answers[prefix + name] = serve(await readFile(path));
  }
  return answers;
}

/** An entry of a lock as the files themselves and rpm tell it. */
export async function expectedEntry(
  folder: string,
  file: string,
  { url, repoid }: { url: string; repoid: string },
): Promise<Record<string, unknown>> {
  const path = join(folder, 'Packages', file);
  const bytes = await readFile(path);
  const format = '%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE} %|SOURCERPM?{%{SOURCERPM}}:{}|';
  const { stdout } = await execa('rpm', ['-qp', '--nosignature', '--qf', format, path]);
  const [name, evr, sourcerpm = ''] = stdout.split(' ');
  return {
    url: `${url}Packages/${file}`,
    repoid,
    size: bytes.length,
    checksum: sha256(bytes),
    name,
    evr,
    ...(sourcerpm === '' ? {} : { sourcerpm }),
  };
}
