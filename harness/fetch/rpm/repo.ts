import { quote } from '../../lock/quote.ts';
import { isRepoId, urlFault } from '../../lock/url.ts';
import type { RpmRepo } from './types.ts';

/** Options that change what dnf chooses; all others either do not, or are ours to keep (dnf.conf(5), "Repo Options"). */
const CHOOSING = ['cost', 'excludepkgs', 'exclude', 'includepkgs', 'module_hotfixes', 'priority'];

/** dnf's words for the architecture of packages and for that of a repository (dnf.rpm). */
const BASEARCH: Record<string, string> = {
  armv7hl: 'armhfp',
  armv7l: 'armhfp',
  i386: 'i386',
  i486: 'i386',
  i586: 'i386',
  i686: 'i386',
};

interface Fault {
  text: string;
  hint?: string;
}

/** What is wrong with a repository, or null; `options` are those of a .repo file and `repoid`. */
export function repoFault(options: Map<string, string>): Fault | null {
  const repoid = options.get('repoid') ?? '';
  if (!isRepoId(repoid.replaceAll(/\$\{?\w+\}?/g, 'x')))
    return { text: 'repoid must be letters, digits and . _ : + ~ @ -' };
  const baseurl = options.get('baseurl');
  if (baseurl === undefined || baseurl === '') {
    return {
      text: `the repository ${quote(repoid)} has no baseurl`,
      hint: 'metalink and mirrorlist are not followed: name one mirror',
    };
  }
  if (/\s/.test(baseurl.trim()))
    return { text: `the repository ${quote(repoid)} has several base URLs`, hint: 'name one' };
  const example = atArch(baseurl.trim(), 'x86_64');
  const unknown = /\$\{?\w*\}?/.exec(example)?.[0];
  if (unknown !== undefined)
    return { text: `${unknown} has no value here: nothing is installed`, hint: 'write it out' };
  const text = urlFault(example);
  return text === null ? null : { text };
}

/** @param options without a fault */
export function makeRepo(options: Map<string, string>, where: string): RpmRepo {
  const baseurl = (options.get('baseurl') ?? '').trim();
  return {
    repoid: options.get('repoid') ?? '',
    baseurl: baseurl.endsWith('/') ? baseurl : `${baseurl}/`,
    signed: ['1', 'true', 'yes', 'on'].includes((options.get('repo_gpgcheck') ?? '').toLowerCase()),
    keys: (options.get('gpgkey') ?? '').split(/[\s,]+/).filter((key) => key !== ''),
    options: Object.fromEntries([...options].filter(([key]) => CHOOSING.includes(key))),
    where,
  };
}

/** A text with dnf's variables put in; `$releasever` is not known, as nothing is installed. */
export function atArch(text: string, arch: string): string {
  const values: Partial<Record<string, string>> = { arch, basearch: BASEARCH[arch] ?? arch };
  return text.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (written, braced?: string, bare?: string) => values[braced ?? bare ?? ''] ?? written,
  );
}
