import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextImages, firstImage, namedImages } from './containerfile.ts';

describe('firstImage', () => {
  it.each([
    ['FROM a.example/b:latest\n', 'a.example/b:latest', 1],
    ['# syntax=x\n\nfrom --platform=$BUILDPLATFORM a:1 as builder\n', 'a:1', 3],
    ['ARG TAG=3\nARG NAME="quay.example/x"\nFROM ${NAME}:$TAG AS b\n', 'quay.example/x:3', 3],
    ['FROM \\\n  # why\n  a@sha256:00 \\\n  AS b\n', 'a@sha256:00', 1],
    ['FROM scratch AS files\nCOPY . /\nFROM files\nFROM b:2\n', 'b:2', 4],
    ['FROM ${X:-d:1}\n', 'd:1', 1],
    ['FROM $UNKNOWN\n', '$UNKNOWN', 1],
    ['FROM oci-archive:a.tar\nFROM b:2\n', 'b:2', 2],
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

describe('namedImages', () => {
  const D = `sha256:${'0'.repeat(64)}`;

  it.each([
    ['FROM a:1\nRUN x\n', [['a:1', 1, false]]],
    ['FROM a:1\n', [['a:1', 1, true]]],
    ['FROM a:1 AS one\nFROM scratch\nCOPY --from=one / /\n', [['a:1', 1, true]]],
    ['FROM a:1 AS one\nRUN x\nFROM one\nCOPY --chown=1 --from=ONE / /\n', [['a:1', 1, false]]],
    ['FROM scratch\nCOPY --from=0 / /\n', []],
    [`FROM scratch\nCOPY --from=b@${D} / /\n`, [[`b@${D}`, 2, false]]],
    ['FROM scratch\nRUN --mount=type=bind,from=c:2,target=/c x --from=d\n', [['c:2', 2, false]]],
    ['FROM oci-archive:out.ociarchive\nLABEL a=b\n', []],
    ['FROM a:1 AS x\nRUN y\nFROM a:1\n', [['a:1', 1, true]]],
    ['RUN x\n', []],
  ])('reads %j', (text, images) =>
    expect(namedImages(text, {}).map(({ reference, line, bare }) => [reference, line, bare])).toEqual(images),
  );

  it('puts build arguments before defaults', () => {
    const text = 'ARG BASE=a:1\nFROM ${BASE}\nRUN x\n';
    expect(namedImages(text, {})).toEqual([{ reference: 'a:1', line: 2, bare: false }]);
    expect(namedImages(text, { BASE: 'b:2' })).toEqual([{ reference: 'b:2', line: 2, bare: false }]);
  });
});

describe('contextImages', () => {
  it.each([
    ['FROM a:1\nRUN x\nFROM oci-archive:out.ociarchive\nLABEL a=b\n', [['oci-archive:out.ociarchive', 3]]],
    ['ARG OUT=out\nFROM oci:${OUT} AS x\nFROM x\n', [['oci:out', 2]]],
    ['FROM docker-archive:a.tar:b:1\n', [['docker-archive:a.tar:b:1', 1]]],
    ['FROM a:1\nFROM docker-daemon:b:2\n', []],
  ])('reads %j', (text, images) =>
    expect(contextImages(text, {}).map(({ reference, line }) => [reference, line])).toEqual(images),
  );
});
