import type { CauseDefinition } from '../cause.ts';
import { claimOf } from '../claim.ts';
import type { DifferenceSite } from '../types.ts';

const FIX =
  'build both from the same commit and hand its id in: --label vcs-ref="$(git rev-parse HEAD)"; what must differ from commit to commit belongs into an attestation';

const OF = '(?:vcs|git|scm|hg|svn|source|src|repo(?:sitory)?)';
const WHAT = '(?:commit|sha1?|rev(?:ision)?|ref|hash|describe|branch|tag|head|url|type)';
const WHICH = '(?:[-_.](?:id|sha1?|hash|ref|short|full|author|message|url))?';

/** Names of labels, variables and fields that say from which source something was made. */
const NAMES = new RegExp(
  `(?:^|[-_./~])(?:${OF}[-_.]?${WHAT}${WHICH}|commit${WHICH}|revision|head[-_.]sha|opencontainers\\.image\\.source)$`,
  'i',
);

/** A commit, whole or short, or what `git describe` makes of one. */
const REVISION = /^(?:[0-9a-f]{7,64}|\S*-g[0-9a-f]{7,40})(?:[-+.]dirty)?$/i;

/** The name before a value: `"vcs-ref": "…`, `GIT_COMMIT=…`, `commit …`. */
function nameBefore(line: string, value: string): string {
  const before = value === '' ? line : line.slice(0, line.lastIndexOf(value));
  return /([\w.~/-]+)["']?\s*[:=]?\s*["']?$/.exec(before)?.[1] ?? '';
}

const LABEL = /^\/(?:config\/Labels|annotations|layers\/\d+\/annotations)\//;

/** Without the name, which a variable of the image has in front of its value. */
const valueOf = (place: string, text: string): string =>
  place.startsWith('/config/Env/') ? text.replace(/^[^=]*=/, '') : text;

function isRevision({ kind, place, lineA, lineB, ...values }: DifferenceSite): boolean {
  if (kind !== 'text' && kind !== 'field') return false;
  const [a, b] = [valueOf(place, values.a), valueOf(place, values.b)];
  const revisions = REVISION.test(a) && REVISION.test(b);
  const label = LABEL.test(place);
  if (label && revisions && [a, b].some((value) => /-g[0-9a-f]{7,40}/i.test(value))) return true;
  return (label || revisions) && NAMES.test(nameBefore(lineA, a)) && NAMES.test(nameBefore(lineB, b));
}

/** Another commit of the source, in labels, variables or files that say which it was. */
export const sourceRevision: CauseDefinition = {
  id: 'source-revision',
  covers: 'commit, branch or address of the source, in labels, variables, commands of the history and files',
  fix: FIX,
  explain({ sites }) {
    const why = 'they name the revision of the source: the two were made from different commits';
    return claimOf(sites.filter(isRevision), 'likely', { why, fix: FIX });
  },
};
