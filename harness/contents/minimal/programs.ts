import { readElf } from '../../inside/formats/elf-reader.ts';
import type { Interpreter, Program, ProgramKind } from './program-names.ts';

/**
 * Texts that only programs of one kind have, some with the NUL that ends them; fish has its own in four bytes a character. POSIX shells have a table of their built-in
 * utilities (POSIX.1-2017, 2.14 and 1.6), C shells one of theirs.
 */
const TABLES: { kind: ProgramKind; name: string; all: string[] }[] = [
  { kind: 'shell', name: 'busybox', all: ['BusyBox v', 'multi-call binary'] },
  { kind: 'shell', name: 'toybox', all: ['toybox ', 'Toybox'] },
  { kind: 'shell', name: 'sash', all: ['Stand-alone shell (version'] },
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
  // Written in Go: the path of the main package in the build information (debug/buildinfo). In Rust: the crate's own sources in its
  // messages.
  { kind: 'shell', name: 'elvish', all: ['path\tsrc.elv.sh/cmd/'] },
  { kind: 'shell', name: 'gosh', all: ['path\tmvdan.cc/sh/'] },
  { kind: 'shell', name: 'murex', all: ['path\tgithub.com/lmorg/murex'] },
  { kind: 'shell', name: 'nushell', all: ['NU_VERSION', 'nu_protocol'] },
  { kind: 'shell', name: 'brush', all: ['brush-core', 'brush-builtins'] },
  { kind: 'shell', name: 'Oils', all: ['oils-for-unix', 'getopts\0'] },
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
 * Interpreters, by variables that they read; where one is in a library, by that and by what the program calls in it: others are
 * linked with it, too.
 */
const ENGINES: { name: Interpreter; all: string[] }[] = [
  { name: 'python', all: ['PYTHONHASHSEED', 'PYTHONDONTWRITEBYTECODE'] },
  { name: 'python', all: ['libpython', 'Py_BytesMain'] },
  { name: 'perl', all: ['PERL_HASH_SEED', 'PERL5DB'] },
  { name: 'perl', all: ['libperl.so', 'perl_parse', 'perl_run'] },
  { name: 'ruby', all: ['RUBYLIB', 'RUBY_DESCRIPTION'] },
  { name: 'ruby', all: ['libruby', 'ruby_run_node'] },
  { name: 'node', all: ['NODE_OPTIONS', 'NODE_PATH', 'node_modules'] },
  { name: 'php', all: ['PHP_INI_SCAN_DIR', 'PHPRC'] },
  { name: 'lua', all: ['LUA_INIT', 'lua_debug'] },
  { name: 'tcl', all: ['libtcl', 'Tcl_MainEx'] },
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
  [...[...TABLES, ...ENGINES].map(({ all }) => all[0] ?? ''), ...Object.keys(LIBRARIES)]
    .map(escaped)
    .join('|'),
);

function markedProgram(content: Buffer): Program | null {
  if (!ANYTHING.test(content.toString('latin1'))) return null;
  const has = (text: string): boolean => content.includes(text, 0, 'latin1');
  const table = TABLES.find(({ all }) => all.every(has));
  if (table !== undefined) return { kind: table.kind, name: table.name, by: 'content' };
  const library = Object.keys(LIBRARIES).find(has);
  const name = library === undefined ? undefined : LIBRARIES[library];
  if (name !== undefined) return { kind: 'package-manager', name, by: 'content' };
  const engine = ENGINES.find(({ all }) => all.every(has));
  return engine === undefined ? null : { kind: 'interpreter', name: engine.name, by: 'content' };
}

/** Whether a program is packed by UPX, so that nothing can be said of it: its mark is in the header that its loader reads. */
export const isPacked = (content: Buffer): boolean =>
  isElf(content) && content.subarray(0, 1024).includes('UPX!', 0, 'latin1');

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
