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

test('a copied file is told by the instruction of the stage that made it, with its line', () => {
  expect(madeBy('usr/bin/app', STAGES)).toEqual({
    line: 8,
    text: 'RUN mkdir -p /out/usr/bin && gcc -o /out/usr/bin/app /src/app.c',
    stage: 'build',
  });
});

test('a file that a tool writes unasked is told by that tool', () => {
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
