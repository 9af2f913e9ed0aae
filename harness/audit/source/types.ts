/** The source of an image: the files of one commit. */
export interface Checkout {
  /** With the files of the commit, and nothing else, where `changes` is empty. */
  folder: string;
  /** A bare repository that has the commit. */
  bare: string;
  commit: string;
  /** Of the commit, in seconds since 1970. */
  time: number;
  /** Where it comes from, for people. */
  from: string;
  /** Cloned from its repository; otherwise the user gave it. */
  isClone: boolean;
  /** What keeps the files of a checkout that the user gave from being those of the commit. */
  changes: string[];
  /** Its submodules, and theirs: commits of those whose files are here, and of the others where they belong and why not. */
  submodules: { commits: string[]; missing: string[] };
  /** A file of the commit; null where there is none. */
  file(path: string): Promise<string | null>;
  /** Whether a branch or tag contains the commit; null where it is not in this checkout. */
  isOn(ref: string): Promise<boolean | null>;
}

/** Why there is no source: it could not be asked for (`unavailable`), or it was, and does not have the commit (`absent`). */
export interface NoSource {
  kind: 'unavailable' | 'absent';
  message: string;
}

/** The source that an audit has. */
export type SourceFound = { kind: 'checkout'; checkout: Checkout } | NoSource | { kind: 'not-asked' };

/** What git takes for the name of a branch or tag, as far as it matters here (git-check-ref-format). */
const NAME = /^(?!-)(?!.*(?:\.\.|@\{|\/\/))[^\p{Cc} ~^:?*[\\]+$/u;

/** `refs/heads/main`, or `main` for the branch or tag of that name; nothing else is a branch or tag. */
export function refNames(ref: string): string[] {
  if (!NAME.test(ref)) return [];
  if (/^refs\/(?:heads|tags)\//.test(ref)) return [ref];
  return ref.startsWith('refs/') ? [] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
}
