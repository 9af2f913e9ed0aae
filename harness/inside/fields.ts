import type { InsideField } from './types.ts';

/** A named value of one side: as people write it, and where it stands. */
export interface Value {
  text: string;
  offset?: number;
}

/** Values by field name, in the order of the format. */
export type Values = Map<string, Value>;

const MAX_VALUE = 300;

/** Long values are cut: a field is there to be read. */
function shown(value: Value | undefined): string | null {
  if (value === undefined) return null;
  return value.text.length <= MAX_VALUE ? value.text : `${value.text.slice(0, MAX_VALUE)}…`;
}

/** The fields whose values differ, in the order of A, then what only B has. */
export function differingFields(a: Values, b: Values): InsideField[] {
  const names = [...a.keys(), ...[...b.keys()].filter((name) => !a.has(name))];
  return names.flatMap((field) => {
    const [one, other] = [a.get(field), b.get(field)];
    if (one?.text === other?.text) return [];
    return [{ field, offset: one?.offset ?? other?.offset ?? null, a: shown(one), b: shown(other) }];
  });
}

/** @param seconds since 1970 */
export function timeValue(seconds: number | bigint): string {
  const milliseconds = Number(seconds) * 1000;
  return Math.abs(milliseconds) > 8.64e15
    ? `@${seconds}`
    : new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}

/** Value of a single field of both sides, or nothing when it is the same. */
export function oneField(
  field: string,
  a: string | null,
  b: string | null,
  offset: number | null = null,
): InsideField[] {
  return a === b ? [] : [{ field, offset, a, b }];
}
