import { InvalidArgumentError } from 'commander';

/** Parses a whole number of up to nine digits, for commander. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidArgumentError('expected a whole number of up to nine digits.');
  return Number(text);
}

/** Gathers an option that may be given several times. */
export const collect = (value: string, before: string[]): string[] => [...before, value];
