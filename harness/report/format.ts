import type { ReportInput } from './input.ts';

type Files = string | Map<string, string>;

/** One way to write results down. */
export interface Format {
  /** What `--format` calls it. */
  readonly id: string;
  /** Name of its file in a folder with other reports; null when it is several files by itself. */
  readonly file: string | null;
  /** How many files those are, for the documentation. */
  readonly files?: string;
  /** Whom or what it is for, in Markdown; docs/reports.md has it. */
  readonly purpose: string;
  /** Text, or texts by file name. */
  readonly make: (input: ReportInput) => Files | Promise<Files>;
  /** Tells of no causes, so that no evidence has to be read for it. */
  readonly logOnly?: true;
}
