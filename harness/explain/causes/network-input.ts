import type { Explainer } from '../types.ts';
import { wholeClaim } from '../whole.ts';

const FETCHES = /\b(?:curl|wget|git clone|svn (?:co|checkout)|rsync|aria2c)\b|^ADD https?:/m;

/** Something that was fetched during the build. */
export const networkInput: Explainer = {
  id: 'network-input',
  explain(seen) {
    const name = seen.entry.path.split('/').at(-1) ?? '';
    // Only where the very instruction that names the file fetches; elsewhere the network says nothing about it.
    if (name.length < 3 || !seen.recipe.includes(name) || !FETCHES.test(seen.recipe)) return null;
    if (!seen.spots.some(({ kind }) => kind === 'bytes' || kind === 'lines')) return null;
    const fix = 'fetch before the build, by digest: a lock, ADD --checksum=sha256:…';
    const claim = wholeClaim(seen, { confidence: 'likely', why: 'fetched during the build', fix });
    return claim === null ? null : { ...claim, whole: false };
  },
};
