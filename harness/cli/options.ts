import { InvalidArgumentError } from 'commander';

/** Of numbers that only decide values: nine digits, as many as are told apart in a file's name. */
export const MAX_SEED = 999_999_999;

/** A parser of whole numbers within bounds, both of them allowed, for commander. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    // No sign, no point, no exponent, no blank: what `Number` would make of those is not what was meant.
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}.`);
  };
}

/** Gathers an option that may be given several times. */
export const collect = (value: string, before: string[]): string[] => [...before, value];
