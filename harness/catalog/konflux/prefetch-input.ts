import type { Complaint } from '../complaints.ts';
import type { CatalogPlace } from '../types.ts';
import type { Param } from './definition.ts';

/** One ecosystem that Hermeto is to fetch for, and the folder of the checkout where its lock file is. */
export interface PrefetchInput {
  type: string;
  path: string;
  place: CatalogPlace;
}

/** `prefetch-input`: a type alone, an object, a list of them, or `{ packages: [...] }`, as JSON text or written out. */
export function prefetchInputs(
  { value, place }: Param,
  complain: (complaint: Complaint) => void,
): PrefetchInput[] {
  const parsed = typeof value === 'string' ? parsedText(value) : value;
  const list = listOf(parsed);
  const inputs = list.map((entry) => inputOf(entry, place));
  const found = inputs.filter((input) => input !== null);
  if (found.length < inputs.length)
    complain({ place, text: '`prefetch-input` needs a type, such as { "type": "rpm", "path": "." }' });
  return found;
}

function parsedText(text: string): unknown {
  if (text.trim() === '') return [];
  try {
    return JSON.parse(text);
  } catch {
    // The name of a type alone is no JSON.
    return text.trim();
  }
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && 'packages' in value && Array.isArray(value.packages))
    return value.packages;
  return [value];
}

function inputOf(entry: unknown, place: CatalogPlace): PrefetchInput | null {
  if (typeof entry === 'string')
    return /^[a-z][a-z0-9-]*$/.test(entry) ? { type: entry, path: '.', place } : null;
  if (typeof entry !== 'object' || entry === null || !('type' in entry) || typeof entry.type !== 'string')
    return null;
  const path = 'path' in entry ? entry.path : '.';
  return typeof path === 'string' ? { type: entry.type, path, place } : null;
}
