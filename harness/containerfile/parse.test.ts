import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerfileText, parseContainerfile } from './parse.ts';
import { mountsOf } from './stages.ts';

const TEXT = String.raw`# syntax=docker/dockerfile:1
FROM a:1 AS b

# makes it
RUN --mount=type=cache,target=/c,id=x --network=none echo one && \
  # a comment inside

  echo two
COPY <<one <<-"two" /etc/
FROM no stage
one
	$X
	two
run cat <<< word && echo $((1<<2)) "<<EOF"
ENV X=1
# the end
`;

describe('parseContainerfile', () => {
  const found = parseContainerfile(TEXT);

  it('tells instructions and the lines they stand on', () => {
    expect(found.map(({ keyword, line, last }) => [keyword, line, last])).toEqual([
      ['FROM', 2, 2],
      ['RUN', 5, 8],
      ['COPY', 9, 13],
      ['RUN', 14, 14],
      ['ENV', 15, 15],
      ['', 17, 17],
    ]);
  });

  it('joins continued lines, and keeps flags and here-documents apart', () => {
    expect(found[1]?.arguments).toBe('echo one &&   echo two');
    expect(found[1]?.flags).toEqual([
      { name: 'mount', value: 'type=cache,target=/c,id=x' },
      { name: 'network', value: 'none' },
    ]);
    expect(found[2]?.hereDocuments).toEqual([
      { name: 'one', content: 'FROM no stage' },
      { name: 'two', content: '\t$X' },
    ]);
    expect(found[2]?.arguments).toBe('<<one <<-"two" /etc/');
  });

  it.each([
    ['one that never ends', 'RUN <<EOF\nx\n', [['RUN', 1, 3]]],
    [
      'one that ends at once',
      'RUN <<EOF\nEOF\nRUN x',
      [
        ['RUN', 1, 2],
        ['RUN', 3, 3],
      ],
    ],
    [
      'its end indented',
      'RUN <<EOF\n EOF\nEOF\nRUN x',
      [
        ['RUN', 1, 3],
        ['RUN', 4, 4],
      ],
    ],
    [
      'no instruction for it',
      'LABEL a=<<EOF\nRUN x',
      [
        ['LABEL', 1, 1],
        ['RUN', 2, 2],
      ],
    ],
    [
      'behind ONBUILD',
      'ONBUILD RUN <<EOF\nFROM x\nEOF\nRUN x',
      [
        ['ONBUILD', 1, 3],
        ['RUN', 4, 4],
      ],
    ],
    [
      'behind a continued line',
      'RUN a \\\n <<EOF\nx \\\nEOF\nRUN x',
      [
        ['RUN', 1, 4],
        ['RUN', 5, 5],
      ],
    ],
  ])('reads here-documents: %s', (_what, text, expected) => {
    const instructions = parseContainerfile(text).filter(({ keyword }) => keyword !== '');
    expect(instructions.map(({ keyword, line, last }) => [keyword, line, last])).toEqual(expected);
  });

  it('takes the escape directive, but only before everything else', () => {
    const count = (text: string): number => parseContainerfile(text).length;
    expect(count('# escape=`\nRUN a `\n b')).toBe(1);
    expect(count('# syntax=x\n# escape=`\nRUN a `\n b')).toBe(1);
    expect(count('# about\n# escape=`\nRUN a `\n b')).toBe(2);
    expect(count('\uFEFF# escape=`\r\nRUN a `\r\n b')).toBe(1);
  });

  it('gives the file again, whatever it is', () => {
    const piece = fc.constantFrom(
      'RUN',
      ' ',
      '\\',
      '\n',
      '#',
      '<<E',
      'E',
      '"',
      "'",
      '--a=b',
      '$',
      '\r',
      '{',
      '`',
    );
    const text = fc.array(piece).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (written) => {
        const instructions = parseContainerfile(written);
        expect(containerfileText(instructions)).toBe(written);
        for (const { line, last } of instructions) expect(last).toBeGreaterThanOrEqual(line);
      }),
    );
  });

  it('needs time in proportion to the text', () => {
    for (const part of [
      'RUN x\n',
      'x \\\n',
      'RUN <<E\nE\n',
      '<<E ',
      'FROM a AS b\nENV C=$C\n',
      '${A:-',
      '\\',
    ]) {
      const started = Date.now();
      parseContainerfile(part.repeat(Math.ceil(200_000 / part.length)));
      expect(Date.now() - started).toBeLessThan(10_000);
    }
  });
});

it('reads the options of mounts', () => {
  const [run] = parseContainerfile('RUN --mount=type=bind,target=/run/src,rw --mount="type=secret,id=k" x');
  expect(run === undefined ? [] : mountsOf(run)).toEqual([
    { type: 'bind', target: '/run/src', rw: 'true' },
    { type: 'secret', id: 'k' },
  ]);
});
