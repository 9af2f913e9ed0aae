import { shellWord } from '../../model/shell-word.ts';
import type { Explainer } from '../types.ts';
import { wholeClaim } from '../whole.ts';

const LOG =
  /(?:^|\/)var\/log\/|\.log(?:\.\d+|\.[gx]z)?$|(?:^|\/)(?:config\.log|gem_make\.out|mkmf\.log|install-log\.txt|npm-debug\.log)$|(?:^|\/)\.npm\/_logs\//;

/** Logs of package managers and others. */
export const logFile: Explainer = {
  id: 'log-file',
  explain(seen) {
    if (!LOG.test(seen.entry.path)) return null;
    return wholeClaim(seen, {
      confidence: 'likely',
      why: 'it is a log',
      fix: `rm -f ${shellWord(`/${seen.entry.path}`)}`,
    });
  },
};
