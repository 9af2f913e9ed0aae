/** What the old and the new image add to the kernel's command line. */
export interface KernelArguments {
  before: string[];
  after: string[];
}

/** Quoted blanks part, too: the pieces are only compared. */
export const splitArguments = (line: string): string[] => line.split(/\s+/).filter((each) => each !== '');

/**
 * What a kernel was not told, or was told that it must not be; one line each.
 * @param reported all of its command line
 * @param wanted of the image that runs
 * @param others of the image that does not
 */
export function argumentFaults(reported: string[], wanted: string[], others: string[]): string[] {
  return [
    ...wanted.filter((each) => !reported.includes(each)).map((each) => `the kernel did not get ${each}`),
    ...others
      .filter((each) => !wanted.includes(each) && reported.includes(each))
      .map((each) => `the kernel got ${each}, of the other image`),
  ];
}
