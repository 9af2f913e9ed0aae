import { posix } from 'node:path';
import { matchesPath } from './glob.ts';

/** Whether a path of the context is left out of it. */
export type Ignored = (path: string) => boolean;

/** The rules of a `.containerignore` (containerignore(5)): the last that fits a path or a folder above it counts. */
export function ignoreRules(text: string): Ignored {
  const rules = text.split(/\r?\n/).flatMap((line) => {
    const [, not = '', pattern = ''] = /^(!?)\s*(.*)$/.exec(line.trim()) ?? [];
    const parts = partsOf(posix.normalize(pattern));
    return pattern === '' || pattern.startsWith('#') || parts.length === 0
      ? []
      : [{ not: not === '!', parts }];
  });
  return (path) => {
    const parts = partsOf(path);
    const fits = (pattern: readonly string[]): boolean =>
      parts.some((_, at) => matchesPath(pattern, parts.slice(0, at + 1)));
    return rules.findLast(({ parts: pattern }) => fits(pattern))?.not === false;
  };
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');
