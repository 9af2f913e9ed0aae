import { optionsOf } from './claims.ts';
import type { Loading } from './loading.ts';
import type { SubjectEntry } from './schema.ts';
import type { ClaimFiles, Subject } from './types.ts';

/** Where what the options of a subject's claims name lies. What is wrong goes to `loading`. */
export async function claimFilesOf(
  loading: Loading,
  claims: Subject['claims'],
  { entry, at }: { entry: SubjectEntry; at: readonly (string | number)[] },
): Promise<ClaimFiles> {
  const found: Record<string, Record<string, string>> = {};
  for (const [id, request] of Object.entries(claims)) {
    const notes = loading.claims.find(id)?.options?.notes ?? {};
    for (const [key, value] of Object.entries(optionsOf(request))) {
      const kind = notes[key]?.path;
      if (kind === undefined || typeof value !== 'string') continue;
      const own = Object.hasOwn(entry.claims ?? {}, id);
      const where = [...(own ? at : ['defaults']), 'claims', id, key];
      const path = await loading.resolve(value, kind, where);
      if (path !== null) found[id] = { ...found[id], [key]: path };
    }
  }
  return found;
}
