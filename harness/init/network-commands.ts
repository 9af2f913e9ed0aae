import type { Invocation } from '../explain/fixes/invocation.ts';

/** Whose packages a command fetches; `files` for what comes from addresses. */
export type Fetches = 'deb' | 'rpm' | 'other' | 'files';

/** What a command takes from the network. */
export interface NetworkUse {
  fetches: Fetches;
  program: string;
  /** Packages or addresses, as far as they are written out. */
  names: string[];
}

interface Tool {
  fetches: Fetches;
  programs: readonly string[];
  /** First words that fetch, and whether the words behind are packages. */
  verbs: Readonly<Record<string, boolean>>;
  /** An option with which it does without. */
  offline?: string;
}

const TOOLS: readonly Tool[] = [
  {
    fetches: 'deb',
    programs: ['apt-get', 'apt', 'aptitude'],
    verbs: {
      update: false,
      install: true,
      upgrade: false,
      'dist-upgrade': false,
      'full-upgrade': false,
      'build-dep': true,
    },
    offline: '--no-download',
  },
  {
    fetches: 'rpm',
    programs: ['dnf', 'dnf5', 'yum', 'microdnf', 'tdnf', 'zypper'],
    verbs: {
      install: true,
      in: true,
      update: false,
      upgrade: false,
      makecache: false,
      refresh: false,
      groupinstall: true,
      builddep: true,
    },
  },
  {
    fetches: 'other',
    programs: ['apk'],
    verbs: { add: true, update: false, upgrade: false },
    offline: '--no-network',
  },
  {
    fetches: 'other',
    programs: ['pip', 'pip3'],
    verbs: { install: true, download: true },
    offline: '--no-index',
  },
  {
    fetches: 'other',
    programs: ['npm', 'pnpm', 'yarn'],
    verbs: { install: true, i: true, ci: false, add: true },
    offline: '--offline',
  },
  {
    fetches: 'other',
    programs: ['gem', 'bundle', 'composer'],
    verbs: { install: true, update: false },
    offline: '--local',
  },
  {
    fetches: 'other',
    programs: ['cargo'],
    verbs: { fetch: false, install: true, update: false },
    offline: '--offline',
  },
  { fetches: 'other', programs: ['go'], verbs: { get: true, mod: false } },
  {
    fetches: 'files',
    programs: ['git'],
    verbs: { clone: true, fetch: false, pull: false, submodule: false },
  },
];

/** They fetch what they are given the address of. */
const DOWNLOADERS = ['curl', 'wget', 'aria2c', 'http'];

const ADDRESS = /^(?:https?|ftp):\/\//i;
const LOCAL = /^(?:https?|ftp):\/\/(?:localhost|127\.|\[::1\])/i;
/** Files, and variables that only the shell knows. */
const NO_PACKAGE = /^(?:[-./]|$)/;

/** What a command would ask the network for; null where nothing is to be seen. */
export function networkUseOf({ name, arguments: words }: Invocation): NetworkUse | null {
  const texts = words.map(({ literal, prefix }) => literal ?? prefix);
  if (/^python[\d.]*$/.test(name) && texts[0] === '-m') {
    const [, module = '', ...rest] = texts;
    return toolUse(module, rest);
  }
  if (!DOWNLOADERS.includes(name)) return toolUse(name, texts);
  const addresses = texts.filter((text) => ADDRESS.test(text) && !LOCAL.test(text));
  return addresses.length === 0 ? null : { fetches: 'files', program: name, names: addresses };
}

function toolUse(program: string, texts: readonly string[]): NetworkUse | null {
  const tool = TOOLS.find(({ programs }) => programs.includes(program));
  const at = texts.findIndex((text) => tool !== undefined && Object.hasOwn(tool.verbs, text));
  const verb = texts[at];
  if (tool === undefined || verb === undefined) return null;
  if (tool.offline !== undefined && texts.includes(tool.offline)) return null;
  const named = tool.verbs[verb] === true ? texts.slice(at + 1).filter((text) => !text.startsWith('-')) : [];
  const names = named.filter((text) => !NO_PACKAGE.test(text));
  // Of files that are there nothing is fetched, unless they need more.
  if (named.length > 0 && names.length === 0) return null;
  return { fetches: tool.fetches, program, names };
}
