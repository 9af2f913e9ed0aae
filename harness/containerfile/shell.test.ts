import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseContainerfile } from './parse.ts';
import { editRun, runScripts } from './run-scripts.ts';
import { parseShell } from './shell.ts';

const commands = (text: string): string[] | null =>
  parseShell(text)?.commands.map(({ words }) =>
    words.map((word) => word.literal ?? `?${word.prefix}`).join(' '),
  ) ?? null;

describe('parseShell', () => {
  it.each([
    ['a | b && (c; d) || { e; } & f', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['X=$(a b) c "d $(e)" `f`', ['a b', 'e', 'f', 'c ?d  ?']],
    ['while a; do b; done <c; for d in $(e); do f; done', ['a', 'b', 'e', 'f']],
    ['if a; then b; elif c; then d; else e; fi', ['a', 'b', 'c', 'd', 'e']],
    ['case $a in b|c) d;; *) e;; esac', ['d', 'e']],
    ['f() { a; }; [[ b < c && d ]]; ((e = 1)); g', ['a', 'g']],
    [String.raw`a\ b 'c d'"e" \f`, ['a b c de f']],
    ['a 1>"b $(c)" <<<"$(d)" # $(e)', ['c', 'd', 'a']],
    ["bash -euc 'a; b' c", ['bash -euc a; b c', 'a', 'b']],
    ['a <<E\n$(b)\nE\nc', ['a', 'c']],
  ])('%s', (text, expected) => {
    expect(commands(text)?.toSorted()).toEqual(expected.toSorted());
  });

  it.each(['a "b', 'a $(b', 'a )', '$('.repeat(20_000), 'a'.repeat(70_000)])(
    'understands nothing of %.20s (%#)',
    (text) => expect(parseShell(text)).toBeNull(),
  );

  it('tells what a pipe comes from', () => {
    const [a, b] = parseShell('a | b')?.commands ?? [];
    expect([a?.piped, b?.piped, b?.pipedFrom === a]).toEqual([false, true, true]);
    expect(parseShell('(a) | b')?.commands.map(({ piped, pipedFrom }) => [piped, pipedFrom])).toEqual([
      [false, null],
      [true, null],
    ]);
  });

  it('words stand where they are said to', () => {
    const piece = fc.constantFrom(
      '$(',
      ')',
      '`',
      '"',
      "'",
      ' ',
      'a',
      '$b',
      '${c}',
      '\\',
      '\n',
      ';',
      '|',
      '#',
      '>',
      '<<E',
      '=',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        const script = parseShell(text);
        const words = script?.commands.flatMap((command) => command.words) ?? [];
        for (const word of words) expect(text.slice(word.start, word.end)).toBe(word.text);
        for (const { start, end } of script?.expansions ?? []) expect(text.slice(start, end)).toMatch(/^\$/);
      }),
    );
  });
});

describe('runScripts', () => {
  it('knows where a script stands, whatever is between its lines', () => {
    const text = '# first\n  run --network=none a \\\r\n # between\n\n  b\\\nc\r';
    const [step] = parseContainerfile(text);
    const [script] = step === undefined ? [] : runScripts(step);
    if (step === undefined || script === undefined) throw new Error('no script');
    expect(script.text).toBe('a   bc');
    const [word] = script.commands[0]?.words.slice(1) ?? [];
    expect(editRun(step, script, [{ start: word?.start ?? 0, end: word?.end ?? 0, text: 'd' }])).toBe(
      '# first\n  run --network=none a \\\r\n # between\n\n  d\r',
    );
  });

  it('edits all or nothing', () => {
    const [step] = parseContainerfile("RUN sh -c 'a b'");
    const [script] = step === undefined ? [] : runScripts(step);
    if (step === undefined || script === undefined) throw new Error('no script');
    const at = script.text.indexOf('b');
    expect(editRun(step, script, [{ start: at, end: at + 1, text: "it's" }])).toBe(step.text);
    const both = [at, at].map((start) => ({ start, end: start + 1, text: 'c' }));
    expect(editRun(step, script, both)).toBe(step.text);
  });
});
