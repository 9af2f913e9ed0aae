import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstImage } from './containerfile.ts';

describe('firstImage', () => {
  it.each([
    ['FROM a.example/b:latest\n', 'a.example/b:latest', 1],
    ['# syntax=x\n\nfrom --platform=$BUILDPLATFORM a:1 as builder\n', 'a:1', 3],
    ['ARG TAG=3\nARG NAME="quay.example/x"\nFROM ${NAME}:$TAG AS b\n', 'quay.example/x:3', 3],
    ['FROM \\\n  # why\n  a@sha256:00 \\\n  AS b\n', 'a@sha256:00', 1],
    ['FROM scratch AS files\nCOPY . /\nFROM files\nFROM b:2\n', 'b:2', 4],
    ['FROM ${X:-d:1}\n', 'd:1', 1],
    ['FROM $UNKNOWN\n', '$UNKNOWN', 1],
  ])('reads %j', (text, reference, line) => expect(firstImage(text)).toEqual({ reference, line }));

  it.each(['', 'FROM scratch\n', 'RUN echo FROM x\n', 'FROM'])('finds none in %j', (text) =>
    expect(firstImage(text)).toBeNull(),
  );

  it('answers for any text', () => {
    const piece = fc.constantFrom(
      'FROM ',
      'ARG ',
      'A=',
      '$A',
      '${A',
      '}',
      '\\',
      '\n',
      '#',
      ' AS ',
      'x',
      '"',
      '--p=y ',
      ':-',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        firstImage(pieces.join(''));
      }),
    );
  });
});
