import { shellWord } from '../model/shell-word.ts';
import { type Summary, exitCode } from '../record/summary.ts';
import { jsonReport } from '../report/json.ts';
import { terminalReport } from '../report/terminal.ts';
import { columnsOf, mayColor, print, tell } from './output.ts';

/** Prints what a run came to and where it is, and makes its exit code that of the command. */
export function printRun(folder: string, summary: Summary, options: { json: boolean; color: boolean }): void {
  const color = mayColor(process.stdout, options.color);
  print(
    options.json
      ? jsonReport(summary)
      : terminalReport(summary, { color, columns: columnsOf(process.stdout) }),
  );
  tell(`recorded in ${folder}\n`);
  const differing = summary.cells.find(
    ({ claim, verdict }) => claim === 'reproducible' && verdict === 'fail',
  );
  if (differing !== undefined)
    tell(`why: npx twinproof explain ${shellWord(differing.subject)} --run ${shellWord(folder)}\n`);
  process.exitCode = exitCode(summary);
}
