import { InvalidArgumentError } from 'commander';

/** Parses a whole number that is not negative, for commander. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number.');
  return Number(text);
}

/** Gathers an option that may be given several times. */
export const collect = (value: string, before: string[]): string[] => [...before, value];
