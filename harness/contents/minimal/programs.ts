import { basename } from 'node:path/posix';
import { readElf } from '../../inside/formats/elf-reader.ts';

export type ProgramKind = 'shell' | 'package-manager';

/** A program that was recognised, and by what. */
export interface Program {
  kind: ProgramKind;
  /** What it is: a well-known name. */
  name: string;
  by: 'name' | 'content';
}

const SHELLS =
  'sh|bash|rbash|dash|ash|hush|zsh|ksh|ksh93|mksh|lksh|oksh|loksh|pdksh|yash|posh|csh|tcsh|fish|elvish|nu|xonsh|brush|busybox|toybox|sash|rc|es';
const MANAGERS =
  'apt|apt-get|aptitude|dpkg|dpkg-deb|dnf|dnf-3|dnf4|dnf5|microdnf|yum|tdnf|rpm|rpm2cpio|zypper|apk|pacman|opkg|ipkg|xbps-install|emerge|nix|nix-env|guix|swupd|flatpak|snap|brew|conda|mamba|micromamba|pip|pip3|pipx|uv|poetry|npm|npx|yarn|pnpm|corepack|bun|gem|bundle|cargo|go-get|composer|luarocks|cpan|cpanm';

const SHELL_NAME = new RegExp(`^(?:${SHELLS})$`);
const MANAGER_NAME = new RegExp(`^(?:${MANAGERS}|pip3\\.\\d+)$`);

/** What a program would be by its name. @param path without a leading slash */
export function programByName(path: string): Program | null {
  const name = basename(path);
  if (SHELL_NAME.test(name)) return { kind: 'shell', name, by: 'name' };
  if (MANAGER_NAME.test(name)) return { kind: 'package-manager', name, by: 'name' };
  return null;
}

/**
 * Texts that only programs of one kind have, some with the NUL that ends them; fish has its own in four bytes a character. POSIX shells have a table of their built-in
 * utilities (POSIX.1-2017, 2.14 and 1.6), C shells one of theirs.
 */
const TABLES: { kind: ProgramKind; name: string; all: string[] }[] = [
  { kind: 'shell', name: 'busybox', all: ['BusyBox v'] },
  { kind: 'shell', name: 'toybox', all: ['toybox ', 'Toybox'] },
  { kind: 'shell', name: 'bash', all: ['GNU bash, version', 'getopts\0'] },
  { kind: 'shell', name: 'zsh', all: ['ZSH_VERSION\0', 'unsetopt\0'] },
  { kind: 'shell', name: 'mksh', all: ['MIRBSD KSH'] },
  { kind: 'shell', name: 'fish', all: ['fish_function_path'.replaceAll(/(?!^)/g, '\0\0\0')] },
  { kind: 'shell', name: 'tcsh', all: ['unhash\0', 'rehash\0', 'onintr\0', 'foreach\0'] },
  {
    kind: 'shell',
    name: 'a POSIX shell',
    // `make` knows the names of utilities that only a shell can run, too; OPTIND belongs to `getopts` in a shell.
    all: ['OPTIND', 'getopts\0', 'readonly\0', 'unset\0', 'trap\0', 'export\0', 'eval\0', 'umask\0'],
  },
  { kind: 'package-manager', name: 'dpkg', all: ['package management program version', 'dpkg'] },
  { kind: 'package-manager', name: 'dpkg-deb', all: ['package archive backend version'] },
  { kind: 'package-manager', name: 'apk', all: ['apk-tools', 'world\0'] },
];

/** Libraries of package managers: what a program is linked with says what it does, whatever it is called. */
const LIBRARIES: Record<string, string> = {
  'libapt-pkg.so': 'apt',
  'librpm.so': 'rpm',
  'libdnf.so': 'dnf',
  'libdnf5.so': 'dnf',
  'libalpm.so': 'pacman',
  'libzypp.so': 'zypper',
  'libapk.so': 'apk',
  'libopkg.so': 'opkg',
};

/** Scripts that start a package manager written in a language. */
const SCRIPTS: { name: string; text: RegExp }[] = [
  { name: 'dnf', text: /^\s*(?:from|import) dnf\b/m },
  { name: 'yum', text: /^\s*(?:from|import) yum(?:main)?\b/m },
  { name: 'pip', text: /^\s*(?:from|import) pip\b/m },
  { name: 'npm', text: /npm-cli\.js|require\(['"]\.\.\/lib\/cli\.js['"]\)/ },
  { name: 'gem', text: /Gem::GemRunner/ },
];

/**
 * What a program is by its content, whatever it is called.
 * @param isExecutable whether its mode lets it be executed: only then is a script a program. A loader starts an ELF file
 * without it
 */
export function programByContent(content: Buffer, isExecutable: boolean): Program | null {
  if (isElf(content)) {
    const found = markedProgram(content);
    return found !== null && isStarted(content) ? found : null;
  }
  return isExecutable && content.toString('latin1', 0, 2) === '#!' ? scriptProgram(content) : null;
}

export const isElf = (content: Buffer): boolean =>
  content.length >= 64 && content.readUInt32BE(0) === 0x7f454c46;

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** All that a program can be known by, in one pass: most files have nothing of it. */
const ANYTHING = new RegExp(
  [...TABLES.map(({ all }) => all[0] ?? ''), ...Object.keys(LIBRARIES)].map(escaped).join('|'),
);

function markedProgram(content: Buffer): Program | null {
  if (!ANYTHING.test(content.toString('latin1'))) return null;
  const has = (text: string): boolean => content.includes(text, 0, 'latin1');
  const table = TABLES.find(({ all }) => all.every(has));
  if (table !== undefined) return { kind: table.kind, name: table.name, by: 'content' };
  const library = Object.keys(LIBRARIES).find(has);
  const name = library === undefined ? undefined : LIBRARIES[library];
  return name === undefined ? null : { kind: 'package-manager', name, by: 'content' };
}

/** ET_EXEC, ET_DYN; PT_DYNAMIC, PT_INTERP; DT_FLAGS_1 and its flag for executables without a fixed address (gABI). */
const [EXEC, DYN] = [2, 3];
const [DYNAMIC, INTERPRETER] = [2, 3];
const FLAGS_1 = 0x6ffffffb;
const PIE = 0x08000000;

/** Whether an ELF file is a program and no library. One that cannot be read to its end is taken for a program. */
function isStarted(content: Buffer): boolean {
  try {
    const { header, segments } = readElf(content);
    const type = header.find(([name]) => name === 'type')?.[1];
    if (type === EXEC) return true;
    if (type !== DYN) return false;
    if (segments.some((segment) => segment.type === INTERPRETER)) return true;
    const dynamic = segments.find((segment) => segment.type === DYNAMIC);
    return (
      dynamic !== undefined &&
      isPie(content.subarray(dynamic.offset, dynamic.offset + dynamic.fileSize), content)
    );
  } catch {
    return true;
  }
}

/** Whether a dynamic section has the flag of a program: static ones without a fixed address have no interpreter. */
function isPie(dynamic: Buffer, { 4: width, 5: order }: Buffer): boolean {
  const bytes = width === 2 ? 8 : 4;
  const number = (at: number): number =>
    order === 2 ? dynamic.readUInt32BE(at + bytes - 4) : dynamic.readUInt32LE(at);
  for (let at = 0; at + 2 * bytes <= dynamic.length; at += 2 * bytes) {
    if (number(at) === FLAGS_1) return (number(at + bytes) & PIE) !== 0;
  }
  return false;
}

function scriptProgram(content: Buffer): Program | null {
  const text = content.toString('latin1', 0, 16 * 1024);
  const found = SCRIPTS.find(({ text: pattern }) => pattern.test(text));
  return found === undefined ? null : { kind: 'package-manager', name: found.name, by: 'content' };
}
