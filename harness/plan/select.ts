import { TwinproofError } from '../errors.ts';
import type { Catalog, Subject } from '../catalog/types.ts';

/**
 * Subjects that match any of the globs, in the order of the catalog; all where there are none.
 * A glob may omit the platform, or variant and platform: `nginx` is all of `nginx/…@…`. `*` stands for any text,
 * also with slashes in it (an id is a name, not a path: `*@linux/arm64` is every image for arm64), `?` for one character, `{a,b}` for either.
 * @param named how the caller's users give a glob: the option of it, or nothing for an argument
 * @throws TwinproofError `usage` for a glob that matches nothing, so that a typing error cannot narrow a check unseen
 */
export function selectSubjects(
  subjects: readonly Subject[],
  globs: readonly string[],
  named: '--image ' | '' = '',
): Subject[] {
  if (globs.length === 0) return [...subjects];
  const patterns = globs.map((glob) => ({ glob, matches: matcher(glob) }));
  const unused = patterns.find(({ matches }) => !subjects.some(matches));
  if (unused !== undefined) {
    const some = subjects.slice(0, 5).map(({ id }) => id);
    throw new TwinproofError('usage', `${named}${unused.glob} matches no subject of the catalog`, {
      hint: `subjects are ${some.join(', ')}${subjects.length > some.length ? ', …' : ''}`,
    });
  }
  return subjects.filter((subject) => patterns.some(({ matches }) => matches(subject)));
}

/** Whether a glob matches any of these. */
export const selects = (glob: string, subjects: readonly Subject[]): boolean => subjects.some(matcher(glob));

function matcher(glob: string): (subject: Subject) => boolean {
  const pattern = new RegExp(`^${globSource(glob)}$`, 'su');
  return ({ id, image, variant }) => [id, `${image}/${variant}`, image].some((name) => pattern.test(name));
}

/** Source of the regular expression; a brace that is not closed stands for itself. */
function globSource(glob: string): string {
  return glob.replaceAll(/\*+|\?|\{([^{}]*)\}|[^*?{]+|\{/g, (part, choices: string | undefined) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (choices !== undefined) return `(?:${choices.split(',').map(globSource).join('|')})`;
    return part.replaceAll(/[\\^$.|?*+()[\]{}/-]/g, (character) =>
      character === '-' ? '-' : `\\${character}`,
    );
  });
}

/** The one subject that a selection names. @throws TwinproofError usage */
export function onlySubject(catalog: Catalog, selection: string): Subject {
  const [subject, ...others] = selectSubjects(catalog.subjects, [selection]);
  if (subject !== undefined && others.length === 0) return subject;
  throw new TwinproofError('usage', `${selection} is ${others.length + 1} subjects`, {
    hint: `name one: ${[subject, ...others]
      .flatMap((one) => one?.id ?? [])
      .slice(0, 5)
      .join(', ')}`,
  });
}
