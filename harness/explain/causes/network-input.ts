import type { CauseDefinition } from '../cause.ts';
import type { Seen } from '../types.ts';
import { wholeClaim } from '../whole.ts';

const FIX = 'fetch before the build, by digest: a lock, ADD --checksum=sha256:…';
const FETCHES =
  /\b(?:curl|wget|git clone|svn (?:co|checkout)|rsync|aria2c)\b|^ADD (?:--\S+ )*(?:https?|git):/m;

const quoted = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The command that fetches also says where to: `curl -o app.js`, `wget URL > list`, `ADD URL /srv/app.js`. */
function writes(recipe: string, name: string): boolean {
  const file = `(?:\\S*/)?${quoted(name)}(?=["'\\s;&|)]|$)`;
  const command = '(?:curl|wget|aria2c)\\b[^;&|\\n]*';
  const forms = [
    `\\b${command}(?:\\s-\\w*[oO]|--output(?:-document)?[= ]|>)\\s*["']?${file}`,
    `^ADD (?:--\\S+ )*(?:https?|git):.*${file}`,
    `\\bwget\\b[^;&|\\n]*/${quoted(name)}(?=["'\\s;&|)]|$)`,
  ];
  return forms.some((form) => new RegExp(form, 'm').test(recipe));
}

/** Something that was fetched during the build. */
export const networkInput: CauseDefinition = {
  id: 'network-input',
  covers: 'something fetched at build time',
  fix: FIX,
  explain(seen: Seen) {
    const name = seen.entry.path.split('/').at(-1) ?? '';
    // Only where the very instruction that names the file fetches; elsewhere the network says nothing about it.
    if (name.length < 3 || !seen.recipe.includes(name) || !FETCHES.test(seen.recipe)) return null;
    const claim = wholeClaim(seen, { confidence: 'likely', why: 'fetched during the build', fix: FIX });
    return claim === null ? null : { ...claim, whole: writes(seen.recipe, name) };
  },
};
