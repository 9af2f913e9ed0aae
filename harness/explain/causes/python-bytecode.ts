import type { CauseDefinition } from '../cause.ts';
import { COMPILEALL } from '../fixes/programs.ts';
import { exactIfAll } from '../claim.ts';
import { wholeClaim } from '../whole.ts';
import type { DifferenceSite } from '../types.ts';

const FIX = 'python3 -m compileall --invalidation-mode unchecked-hash (or ENV PYTHONDONTWRITEBYTECODE=1)';

const isPath = ({ kind, a, b }: DifferenceSite): boolean =>
  kind === 'text' && a.startsWith('/') && b.startsWith('/');

/** Compiled Python: the time of its source, or how objects were marshalled. */
export const pythonBytecode: CauseDefinition = {
  id: 'python-bytecode',
  covers: '`.pyc` source mtime, or marshal-level differences',
  fix: FIX,
  provenBy: ['clock'],
  rewrites: [COMPILEALL],
  explain(seen) {
    const { entry, sites } = seen;
    if (!/\.py[co]$/.test(entry.path) && !sites.some(({ format }) => format === 'pyc')) return null;
    const header = sites.filter(({ kind, name }) => kind === 'field' && /time|hash|flags/.test(name));
    // A path in the code stays, however the time of the source is kept.
    const content = sites.filter(({ kind }) => kind !== 'attribute');
    if (content.length > 0 && content.every(isPath)) return null;
    const confidence = header.length > 0 ? exactIfAll(header, sites) : 'likely';
    const why = header.length > 0 ? 'compiled Python keeps the time of its source' : 'compiled Python';
    return wholeClaim(seen, { confidence, why, fix: FIX });
  },
};
