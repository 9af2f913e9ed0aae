import { ociArchitecture } from '../../model/platform.ts';
import type { Field, Value } from './types.ts';

/** Whether two sources say the same about a field, however they write it. */
export function isSame(field: Field, a: Value, b: Value): boolean {
  const [first, second] = [normal(field, a), normal(field, b)];
  if (first === second) return true;
  // Labels may hold a shortened commit.
  const [long, short] = first.length < second.length ? [second, first] : [first, second];
  const isHex = [long, short].every((text) => /^[0-9a-f]{7,}$/.test(text));
  return field === 'commit' && isHex && long.startsWith(short);
}

function normal(field: Field, value: Value): string {
  if (typeof value !== 'string') return JSON.stringify([...value].sort());
  switch (field) {
    case 'repository':
      return repository(value);
    case 'commit':
      return value.toLowerCase();
    case 'containerfile':
    case 'context':
      return value.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '') || '.';
    case 'platform':
      return value.split('/').map(ociArchitecture).join('/');
    default:
      return value;
  }
}

/** As people and tools write it: `git@host:path`, with a folder of a web page behind it, or in capitals at GitHub. */
function repository(text: string): string {
  const scp = /^(?:[\w.-]+@)([\w.-]+):(?!\/)(\S+)$/.exec(text);
  const url = URL.parse(scp === null ? text.replace(/^git\+/, '') : `ssh://${scp[1] ?? ''}/${scp[2] ?? ''}`);
  if (url === null) return text;
  const path = url.pathname
    .replace(/\/(?:-\/)?(?:tree|blob)\/.*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  return `${url.host}${url.host === 'github.com' ? path.toLowerCase() : path}`;
}
