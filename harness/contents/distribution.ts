import type { Distribution } from './types.ts';

/** Where os-release(5) may be; the first that is there counts. */
export const OS_RELEASE = ['etc/os-release', 'usr/lib/os-release'];

/** Values may stand in single or double quotes, with a backslash before what a shell would read otherwise. */
function unquoted(value: string): string {
  const quoted = /^(["'])(.*)\1$/s.exec(value);
  return quoted === null ? value : (quoted[2] ?? '').replaceAll(/\\(["'$`\\])/g, '$1');
}

/** The distribution that an os-release(5) file names; null where it names none. */
export function parseOsRelease(text: string): Distribution | null {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Z0-9_]+)=(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, unquoted(value));
  }
  const id = values.get('ID') ?? '';
  const cpe = values.get('CPE_NAME') ?? null;
  if (!/^[a-z0-9._-]+$/.test(id)) return null;
  return { id, version: values.get('VERSION_ID') ?? null, name: values.get('PRETTY_NAME') ?? null, cpe };
}
