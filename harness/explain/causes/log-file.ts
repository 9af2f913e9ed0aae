import type { CauseDefinition } from '../cause.ts';
import { shellWord } from '../../model/shell-word.ts';
import { wholeClaim } from '../whole.ts';

const LOG =
  /(?:^|\/)var\/log\/|\.log(?:\.\d+|\.[gx]z)?$|(?:^|\/)(?:config\.log|gem_make\.out|mkmf\.log|install-log\.txt|npm-debug\.log)$|(?:^|\/)\.npm\/_logs\//;

/** Logs of package managers and others. */
export const logFile: CauseDefinition = {
  id: 'log-file',
  covers: 'package manager and other logs',
  fix: 'remove the log in the instruction that writes it',
  rewrites: [{ kind: 'remove', does: 'rm -rf' }],
  explain(seen) {
    if (!LOG.test(seen.entry.path)) return null;
    return wholeClaim(seen, {
      confidence: 'likely',
      why: 'it is a log',
      fix: `rm -f ${shellWord(`/${seen.entry.path}`)}`,
    });
  },
};
