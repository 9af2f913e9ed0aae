/** Whether results may be coloured: a terminal, and neither `--no-color` nor NO_COLOR (no-color.org). */
export function mayColor(stream: NodeJS.WriteStream, option: boolean): boolean {
  const { NO_COLOR } = process.env;
  return option && stream.isTTY && (NO_COLOR === undefined || NO_COLOR === '');
}

/** Characters on a line of a terminal. */
export const columnsOf = (stream: NodeJS.WriteStream): number | undefined =>
  stream.isTTY ? Math.max(stream.columns, 60) : undefined;

export const print = (text: string): void => void process.stdout.write(text);
export const tell = (text: string): void => void process.stderr.write(text);
