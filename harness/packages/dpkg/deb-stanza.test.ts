import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TwinproofError } from '../../errors.ts';
import { parseStanzas } from './deb-stanza.ts';

const plain = (text: string, options = {}): Record<string, string>[] =>
  parseStanzas(text, options).map((stanza) => Object.fromEntries(stanza));

describe('parseStanzas', () => {
  it('reads fields, continuation lines and several stanzas', () => {
    expect(plain('Package: a\nDescription: one\n two\n .\n\tthree\n\n \nPACKAGE : b\n')).toEqual([
      { package: 'a', description: 'one\ntwo\n.\nthree' },
      { package: 'b' },
    ]);
  });

  it('reads text without a final newline, with carriage returns, and nothing', () => {
    expect(plain('A: 1\r\nB: 2\r')).toEqual([{ a: '1', b: '2' }]);
    expect(plain('')).toEqual([]);
    expect(plain('\n\n\n')).toEqual([]);
  });

  it('keeps only the wanted fields', () => {
    expect(plain('A: 1\nB: 2\n 3\n\nB: 4\n', { fields: new Set(['a']) })).toEqual([{ a: '1' }]);
  });

  it.each([
    ['no colon here', /c:1.*no "Field: value"/],
    ['A: 1\n\n continued', /c:3.*continues a field/],
    ['A: 1\na: 2', /c:2.*given twice/],
    [': 1', /c:1.*no "Field: value"/],
    ['-A: 1', /no "Field: value"/],
    ['A: 123456', /too long/],
    ['A: 1\n\nA: 1\n\nA: 1', /too many stanzas/],
  ])('refuses %j', (text, complaint) => {
    const options = { where: 'c', maxValueLength: 6, maxStanzas: 2 };
    const act = (): unknown => parseStanzas(text, options);
    expect(act).toThrow(TwinproofError);
    try {
      act();
    } catch (error) {
      expect(`${String((error as TwinproofError).where)} ${String(error)}`).toMatch(complaint);
    }
  });

  it('either reads any text or says what is wrong with it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('A', ':', ' ', '\n', '\t', 'é', '\0') }), (text) => {
        try {
          parseStanzas(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TwinproofError);
        }
      }),
    );
  });

  it('gives back what was written', () => {
    const value = fc.stringMatching(/^[!-~]([ -~]{0,10}[!-~])?$/);
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,5}$/), value, { minKeys: 1 })),
        (stanzas) => {
          const text = stanzas
            .map((stanza) =>
              Object.entries(stanza)
                .map(([name, text]) => `${name}: ${text}\n`)
                .join(''),
            )
            .join('\n');
          expect(plain(text)).toEqual(stanzas.map((stanza) => ({ ...stanza })));
        },
      ),
    );
  });
});
