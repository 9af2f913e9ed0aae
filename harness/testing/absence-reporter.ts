import type { Reporter, TestModule } from 'vitest/node';
import { absentIn } from './foreign-files.ts';

/** What was not checked for want of files of other projects; null when nothing was. */
export function absenceLine(modules: readonly Pick<TestModule, 'children'>[]): string | null {
  const skipped = modules.flatMap(({ children }) =>
    [...children.allTests('skipped')].map((each) => {
      const result = each.result();
      return absentIn(result.state === 'skipped' ? result.note : undefined);
    }),
  );
  const absent = skipped.filter((names) => names.length > 0);
  if (absent.length === 0) return null;
  const names = [...new Set(absent.flat())].toSorted();
  return `${absent.length} tests were skipped, for these are not in ../shared/data: ${names.join(', ')}`;
}

/** Says at the end of a run what was skipped. */
export class AbsenceReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const line = absenceLine(modules);
    if (line !== null) process.stdout.write(`\n${line}\n`);
  }
}
