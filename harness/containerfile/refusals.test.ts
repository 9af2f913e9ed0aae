import { expect, it } from 'vitest';
import { firstHereDocument, refusals } from './refusals.ts';

const lines = (text: string): string[] =>
  refusals(text, { buildArgs: {} }).map(({ line, reason }) => `${line}: ${reason}`);

it.each([
  [
    'FROM a\nRUN --mount=type=secret,id=k,required=true x',
    ['2: RUN requires the secret k, and builds here are given none'],
  ],
  [
    'FROM a\nRUN --mount=type=secret,target=/k,required x',
    ['2: RUN requires the secret /k, and builds here are given none'],
  ],
  [
    'FROM a\nRUN y\nRUN --mount=type=ssh,required=1 x',
    ["3: RUN requires the user's SSH agent, and builds here are given none"],
  ],
  ['FROM a\nRUN --mount=type=secret,id=k --mount=type=ssh --mount=type=cache,target=/c x', []],
  [
    'FROM docker-daemon:a:1\nRUN x',
    ['1: FROM docker-daemon: names what is on this machine, which no build sees'],
  ],
  ['FROM oci-archive:a\nRUN x', []],
  ['FROM docker-daemon:a:1\nFROM b', []],
])('of %s', (text, expected) => expect(lines(text)).toEqual(expected));

it('finds here-documents only where they are built', () => {
  const found = (text: string): number | null => firstHereDocument(text, { buildArgs: {} });
  expect(found('FROM a\nRUN x\nCOPY <<E /\nE\n')).toBe(3);
  expect(found('FROM a\nRUN <<E\nE\nFROM b\nRUN x <<< y\n')).toBeNull();
});
