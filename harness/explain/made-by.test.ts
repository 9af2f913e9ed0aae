import { expect, test } from 'vitest';
import { madeBy } from './made-by.ts';

const STAGES = String.raw`# syntax=docker/dockerfile:1
FROM debian AS tools
RUN apt-get install -y gcc

FROM tools AS build
COPY app.c /src/
# compiled
RUN mkdir -p /out/usr/bin && \
    gcc -o /out/usr/bin/app /src/app.c
RUN useradd --prefix /out app
RUN sh /src/finish

FROM scratch
COPY --from=build /out /
`;

test('a copied file is recognised by the instruction of the stage that made it, with its line', () => {
  expect(madeBy('usr/bin/app', STAGES)).toEqual({
    line: 8,
    text: 'RUN mkdir -p /out/usr/bin && gcc -o /out/usr/bin/app /src/app.c',
    stage: 'build',
  });
});

test('a file that a tool writes unasked is recognised by that tool', () => {
  expect(madeBy('etc/shadow', STAGES)).toMatchObject({ line: 10, stage: 'build' });
  expect(madeBy('var/lib/dpkg/status', STAGES)).toMatchObject({ line: 3, stage: 'tools' });
});

test('nothing is said where several instructions could have made it', () => {
  expect(madeBy('etc/unheard-of', STAGES)).toBeNull();
  expect(madeBy('x', '')).toBeNull();
});

test('the only instruction that writes made it, in the last stage too', () => {
  expect(madeBy('etc/x', 'FROM scratch\nCOPY root /\nENV A=b\n')).toEqual({
    line: 2,
    text: 'COPY root /',
    stage: null,
  });
});

test('the lines of a here-document belong to their instruction', () => {
  const recipe =
    'FROM base\nRUN <<EOF\necho one > /etc/one\nRUN no instruction\nEOF\nRUN echo two > /etc/two\n';
  expect(madeBy('etc/one', recipe)).toMatchObject({ line: 2 });
  expect(madeBy('etc/two', recipe)).toMatchObject({ line: 6, text: 'RUN echo two > /etc/two' });
});

test('a file of an archive that an earlier stage leaves in the context is recognised by the instruction of that stage', () => {
  const recipe = String.raw`FROM quay.io/x/builder AS builder
RUN dnf-installroot /new-root-fs install jq
RUN echo made > /new-root-fs/etc/session.key
RUN --mount=type=bind,target=/run/src,rw \
    chunkah build --rootfs /new-root-fs > /run/src/out.ociarchive

FROM oci-archive:out.ociarchive
LABEL name=x
`;
  expect(madeBy('etc/session.key', recipe)).toEqual({
    line: 3,
    text: 'RUN echo made > /new-root-fs/etc/session.key',
    stage: 'builder',
  });
  expect(madeBy('usr/lib/sysimage/rpm/rpmdb.sqlite', recipe)).toMatchObject({ line: 2, stage: 'builder' });
  expect(madeBy('etc/session.key', recipe.replace('> /run/src/out', '> /run/src/other'))).toBeNull();
});
