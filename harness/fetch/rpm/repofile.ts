import { TwinproofError } from '../../errors.ts';
import { makeRepo, repoFault } from './repo.ts';
import type { RpmRepo } from './types.ts';

interface Section {
  name: string;
  line: number;
  options: Map<string, string>;
}

/**
 * The enabled repositories of a .repo file (dnf.conf(5)): sections of `key=value` lines, of which a line that begins
 * with a blank goes on.
 * @param where path or URL, named in errors, which never quote what the file holds
 * @throws TwinproofError lock-invalid with `where:line`
 */
export function parseRepofile(text: string, where: string): RpmRepo[] {
  return sections(text, where)
    .filter(({ name, options }) => name !== 'main' && isEnabled(options))
    .map(({ name, line, options }) => {
      options.set('repoid', name);
      const place = `${where}:${line}`;
      const fault = repoFault(options);
      if (fault === null) return makeRepo(options, place);
      throw new TwinproofError('lock-invalid', fault.text, {
        where: place,
        ...(fault.hint === undefined ? {} : { hint: fault.hint }),
      });
    });
}

const isEnabled = (options: Map<string, string>): boolean =>
  !['0', 'false', 'no', 'off'].includes((options.get('enabled') ?? '1').toLowerCase());

function sections(text: string, where: string): Section[] {
  const found: Section[] = [];
  let key: string | null = null;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const head = /^\[([^\]]+)\]\s*$/.exec(line)?.[1];
    const current = found.at(-1);
    if (head !== undefined) {
      found.push({ name: head, line: i + 1, options: new Map() });
      key = null;
      continue;
    }
    const pair = /^([\w.-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (current !== undefined && key !== null && /^\s/.test(line)) {
      current.options.set(key, `${current.options.get(key) ?? ''} ${line.trim()}`);
    } else if (current !== undefined && pair?.[1] !== undefined) {
      key = pair[1].toLowerCase();
      current.options.set(key, (pair[2] ?? '').trim());
    } else {
      throw new TwinproofError('lock-invalid', 'this is no .repo file: neither a [section] nor key=value', {
        where: `${where}:${i + 1}`,
      });
    }
  }
  return found;
}
