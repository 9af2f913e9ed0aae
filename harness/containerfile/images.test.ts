import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextImages, firstImage, namedImages } from './images.ts';

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
    ['FROM a:1 AS x\nRUN y\nFROM a:1 AS z\nFROM x\nRUN --mount=from=z y\n', [['a:1', 1, true]]],
    ['FROM unused:1\nRUN y\nFROM a:1\n', [['a:1', 3, true]]],
    ['FROM a:1\nRUN y\nFROM oci-archive:x\n', [['a:1', 1, false]]],
    ['FROM docker://a.example/b:1\nRUN y\n', [['a.example/b:1', 1, false]]],
    ['FROM a:1\nRUN <<EOF\nFROM b:1\nCOPY --from=c:1 / /\nEOF\n', [['a:1', 1, false]]],
    ['FROM a:1\nRUN x \\\n  --mount=from=b:1 y \\\n# FROM c:1\n  z\n', [['a:1', 1, false]]],
    [
      'FROM a:1\nRUN --mount=type=cache,target=/c --mount=from=b:1,source=/,target=/b x\n',
      [
        ['a:1', 1, false],
        ['b:1', 2, false],
      ],
    ],
    [
      'ARG B=b:1\nFROM a:1\nARG B\nCOPY --from=$B / /\n',
      [
        ['a:1', 2, false],
        ['b:1', 4, false],
      ],
    ],
    ['# escape=`\nFROM a:1 `\n  AS x\nRUN y\n', [['a:1', 2, false]]],
    ['FROM a:1\r\nRUN x\r\n', [['a:1', 1, false]]],
    ['RUN x\n', []],
  ])('reads %j', (text, images) =>
    expect(
      namedImages(text, { buildArgs: {} }).map(({ reference, line, bare }) => [reference, line, bare]),
    ).toEqual(images),
  );

  it('puts build arguments before defaults', () => {
    const text = 'ARG BASE=a:1\nFROM ${BASE}\nRUN x\n';
    const named = (buildArgs: Record<string, string>): string[] =>
      namedImages(text, { buildArgs }).map(({ reference }) => reference);
    expect(named({})).toEqual(['a:1']);
    expect(named({ BASE: 'b:2' })).toEqual(['b:2']);
  });
});

it('builds up to the target', () => {
  const text = 'FROM a:1 AS one\nRUN x\nFROM b:1 AS two\nRUN x\nFROM oci:out\n';
  const named = (target: string): string[] =>
    namedImages(text, { buildArgs: {}, target }).map(({ reference }) => reference);
  expect([named('ONE'), named('1'), named('2'), named('nothing')]).toEqual([
    ['a:1'],
    ['b:1'],
    ['a:1', 'b:1'],
    ['a:1', 'b:1'],
  ]);
});

it('tells the platform of a stage, and what has no value', () => {
  const text = 'FROM --platform=$BUILDPLATFORM a:1 AS x\nRUN x\nFROM b:$TAG\nCOPY --from=x / /\n';
  expect(namedImages(text, { buildArgs: {}, platform: 'linux/arm64', buildPlatform: 'linux/amd64' })).toEqual(
    [
      { reference: 'a:1', line: 1, bare: false, platform: 'linux/amd64', unknown: [] },
      { reference: 'b:$TAG', line: 3, bare: false, platform: null, unknown: ['TAG'] },
    ],
  );
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
