import { expect, it } from 'vitest';
import { contextPaths } from './sources.ts';

const paths = (text: string, buildArgs: Record<string, string> = {}): string[] =>
  contextPaths(text, { buildArgs }).map(({ path, line }) => `${line}:${path}`);

it.each([
  ['COPY a b/ /x/', ['2:a', '2:b']],
  ['COPY ["a b", "c"]', ['2:a b']],
  ['COPY --chown=1:1 ../../a ./b/../c /x', ['2:a', '2:c']],
  ['COPY . /', ['2:']],
  ['COPY --from=other a /', []],
  ['COPY <<EOF a /x\ntext\nEOF', ['2:a']],
  ['ADD https://example.org/a git@example.org:a.git b /', ['2:b']],
  ['COPY *.txt a/**/b /', ['2:*.txt', '2:a/**/b']],
  ['ARG A=x\nENV B=y\nCOPY $A/${B} ${C:-z} $D /', ['4:x/y', '4:z']],
  ['RUN --mount=type=bind,target=/x,rw --mount=source=a,target=/a --mount=from=b,source=c x', ['2:a']],
  ['RUN --mount=type=cache,source=a,target=/a x', []],
  ['RUN cp COPY a b', []],
])('of %s', (text, expected) => expect(paths(`FROM x\n${text}\n`)).toEqual(expected));

it('leaves out stages that are not built, and takes build arguments', () => {
  expect(paths('FROM x AS unused\nCOPY a /\nFROM x\nARG P\nCOPY $P /\n', { P: 'q' })).toEqual(['5:q']);
});
