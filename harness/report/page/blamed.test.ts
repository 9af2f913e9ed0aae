import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blamedIn } from './blamed.ts';

const RECIPE = `# A comment that names etc/built-by
FROM localhost/builder AS build
ARG SOURCE_DATE_EPOCH
RUN mkdir -p /newroot/etc \\
    # a comment inside
    && hostname > /newroot/etc/built-by

COPY a /srv
COPY a b /srv
FROM scratch
COPY --from=build /newroot /
`;

test('the instruction is recognised by what the history of the layer says, over its lines', () => {
  const made = '/bin/sh -c mkdir -p /newroot/etc     && hostname > /newroot/etc/built-by';
  expect(blamedIn(RECIPE, [made], [])).toEqual({ first: 4, last: 6 });
});

test('of instructions that are part of each other the longest is meant', () => {
  expect(blamedIn(RECIPE, ['/bin/sh -c #(nop) COPY a b /srv'], [])).toEqual({ first: 9, last: 9 });
});

test('where the history only says that something was copied, the instruction that names the path is shown', () => {
  expect(blamedIn(RECIPE, ['something else'], ['nothing/like/it', 'etc/built-by'])).toEqual({
    first: 4,
    last: 6,
  });
  expect(blamedIn('FROM x\nRUN make -o usr/bin/tool\n', [], ['opt/usr/bin/tool'])).toEqual({
    first: 2,
    last: 2,
  });
});

test('the history goes before the paths, and its first text before the others', () => {
  const recipe = 'FROM x\nRUN first step\nRUN touch /etc/built-by\n';
  expect(blamedIn(recipe, ['RUN first step'], ['etc/built-by'])).toEqual({ first: 2, last: 2 });
  expect(blamedIn(recipe, ['touch /etc/built-by', 'first step'], [])).toEqual({ first: 3, last: 3 });
});

test.each([
  ['an empty recipe', '', ['x'], ['etc/x']],
  ['nothing that fits', RECIPE, ['unrelated'], ['zz/yy']],
  ['nothing said', RECIPE, [], []],
  ['a name too short to mean anything', 'FROM x\nRUN cp abc d\n', [], ['abc']],
  ['only a comment names it', '# touches etc/built-by\nFROM x\n', [], ['etc/built-by']],
])('nothing is marked: %s', (_what, recipe, made, paths) => {
  expect(blamedIn(recipe, made, paths)).toBeNull();
});

test('line ends of Windows and an instruction that never ends do no harm', () => {
  expect(blamedIn('FROM x\r\nRUN make it \\\r\n  now\r\n', ['make it now'], [])).toEqual({
    first: 2,
    last: 3,
  });
  expect(blamedIn('FROM x\nRUN make it \\\n', ['make it'], [])).toEqual({ first: 2, last: 2 });
});

test('whatever the texts are, lines of the recipe come out, or none', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('R', ' ', '\\', '\n', '#', '/', 'a') }),
  );
  fc.assert(
    fc.property(text, fc.array(text), fc.array(text), (recipe, made, paths) => {
      const found = blamedIn(recipe, made, paths);
      if (found === null) return;
      expect(found.first).toBeGreaterThanOrEqual(1);
      expect(found.last).toBeGreaterThanOrEqual(found.first);
      expect(found.last).toBeLessThanOrEqual(recipe.split('\n').length);
    }),
  );
});
