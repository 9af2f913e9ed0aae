import { basename } from 'node:path/posix';

export type ProgramKind = 'shell' | 'package-manager' | 'interpreter';

/** A program that was recognised, and by what. */
export interface Program {
  kind: ProgramKind;
  /** What it is: a well-known name. */
  name: string;
  by: 'name' | 'content';
}

const SHELLS =
  'sh|bash|rbash|dash|ash|hush|zsh|ksh|ksh93|mksh|lksh|oksh|loksh|pdksh|yash|posh|csh|tcsh|fish|elvish|nu|xonsh|brush|busybox|toybox|sash|rc|es|osh|ysh|oils-for-unix|pwsh|gosh|ion|murex';
const MANAGERS =
  'apt|apt-get|aptitude|dpkg|dpkg-deb|dnf|dnf-3|dnf4|dnf5|microdnf|yum|tdnf|rpm|rpm2cpio|zypper|apk|pacman|opkg|ipkg|xbps-install|emerge|nix|nix-env|guix|swupd|flatpak|snap|brew|conda|mamba|micromamba|pip|pip3|pipx|uv|poetry|npm|npx|yarn|pnpm|corepack|bun|gem|bundle|cargo|go-get|composer|luarocks|cpan|cpanm';

/** Debian calls those without libraries `bash-static` and `zsh5-static`, others `busybox.static`. */
const SHELL_NAME = new RegExp(`^(?:${SHELLS})\\d?(?:[-.]static)?$`);
const MANAGER_NAME = new RegExp(`^(?:${MANAGERS}|pip3\\.\\d+)(?:[-.]static)?$`);

/** Interpreters that a policy can name, with the names that they are started by. */
export const INTERPRETERS = {
  python: /^(?:python|pypy)(?:\d(?:\.\d+)?)?t?$/,
  perl: /^perl(?:5[\d.]*)?$/,
  ruby: /^(?:ruby|jruby|truffleruby)[\d.]*$/,
  node: /^(?:node|nodejs|deno|bun)$/,
  php: /^php(?:-cgi|-fpm)?[\d.]*$/,
  lua: /^(?:lua|luajit|texlua)[-\d.]*$/,
  tcl: /^(?:tclsh|wish|expect)[\d.]*$/,
  awk: /^(?:[gmn]|original-)?awk$/,
  java: /^(?:java|jshell)$/,
} as const;

export type Interpreter = keyof typeof INTERPRETERS;
export const INTERPRETER_NAMES = Object.keys(INTERPRETERS) as [Interpreter, ...Interpreter[]];

/** What a program would be by its name. @param path without a leading slash */
export function programByName(path: string): Program | null {
  const name = basename(path);
  if (SHELL_NAME.test(name)) return { kind: 'shell', name, by: 'name' };
  if (MANAGER_NAME.test(name)) return { kind: 'package-manager', name, by: 'name' };
  const interpreter = INTERPRETER_NAMES.find((one) => INTERPRETERS[one].test(name));
  return interpreter === undefined ? null : { kind: 'interpreter', name: interpreter, by: 'name' };
}

/** Package managers that an interpreter starts, from wherever they are: `python -m pip`, `node npm-cli.js`. */
const MODULES: { name: string; path: RegExp }[] = [
  { name: 'pip', path: /(?:^|\/)(?:site|dist)-packages\/pip\/__main__\.py$/ },
  { name: 'npm', path: /(?:^|\/)node_modules\/npm\/bin\/np[mx]-cli\.js$/ },
  { name: 'yarn', path: /(?:^|\/)(?:yarn-v[^/]+|node_modules\/yarn)\/bin\/yarn\.js$/ },
  { name: 'corepack', path: /(?:^|\/)node_modules\/corepack\/dist\/corepack\.js$/ },
];

/** The package manager that a file is the start of, executable or not. */
export function moduleAt(path: string): Program | null {
  const found = MODULES.find((one) => one.path.test(path));
  return found === undefined ? null : { kind: 'package-manager', name: found.name, by: 'content' };
}
