import { ociArchitecture } from '../../model/platform.ts';
import type { Field, Value } from './types.ts';

/** Whether two sources say the same about a field, however they write it. */
export function isSame(field: Field, a: Value, b: Value): boolean {
  const [first, second] = [normal(field, a), normal(field, b)];
  if (first === second) return true;
  // Labels may hold a shortened commit.
  const isShort = field === 'commit' && /^[0-9a-f]{7,}$/.test(second) && first.startsWith(second);
  return isShort;
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

function repository(text: string): string {
  const url = URL.parse(text.replace(/^git\+/, ''));
  if (url === null) return text;
  return `${url.host}${url.pathname.replace(/\/+$/, '').replace(/\.git$/, '')}`;
}
