import { once } from 'node:events';

/** A text as it looks inside something that is indented by two levels. */
function indented(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', '\n    ');
}

function* arrayPieces(list: readonly unknown[]): Generator<string> {
  for (const [at, item] of list.entries()) yield `${at === 0 ? '[' : ','}\n    ${indented(item)}`;
  yield list.length === 0 ? '[]' : '\n  ]';
}

/**
 * `JSON.stringify(value, null, 2)` in pieces: an object whose arrays may be too long for one text in memory.
 * Values have no `toJSON`, and arrays hold nothing that JSON leaves out.
 */
export function* jsonPieces(value: object): Generator<string> {
  const pairs = Object.entries(value).filter(([, one]) => one !== undefined);
  for (const [at, [key, one]] of pairs.entries()) {
    yield `${at === 0 ? '{' : ','}\n  ${JSON.stringify(key)}: `;
    if (Array.isArray(one)) yield* arrayPieces(one);
    else yield JSON.stringify(one, null, 2).replaceAll('\n', '\n  ');
  }
  yield pairs.length === 0 ? '{}' : '\n}';
}

/** Characters that are written at once. */
const LOT = 64 * 1024;

/** Prints a value as JSON, no faster than it is read. */
export async function printJson(value: object): Promise<void> {
  let lot = '';
  const flush = async (): Promise<void> => {
    if (!process.stdout.write(lot)) await once(process.stdout, 'drain');
    lot = '';
  };
  for (const piece of jsonPieces(value)) {
    lot += piece;
    if (lot.length > LOT) await flush();
  }
  lot += '\n';
  await flush();
}
