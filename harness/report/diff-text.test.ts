import { describe, expect, it } from 'vitest';
import { compare, layered } from '../testing/compare/compare.ts';
import type { DiffResult } from '../compare/types.ts';
import type { TestEntry } from '../testing/oci/tar/tar.ts';
import { diffText } from './diff-text.ts';

const OPTIONS = { rung: 'config', colour: false, width: 100, list: false, limit: 100 };
const text = (result: DiffResult, more: Partial<typeof OPTIONS> = {}): string[] =>
  diffText(result, { ...OPTIONS, ...more })
    .trimEnd()
    .split('\n');

const many = (mtime: string, count = 400): TestEntry[] =>
  Array.from({ length: count }, (_, at) => ({ name: `usr/share/d${at % 40}/f${at}`, mtime }));

/** From the heading of the entries on. */
const entries = (lines: string[]): string[] =>
  lines.slice(lines.findIndex((line) => line.startsWith('Entries')));

describe('diffText', () => {
  it('folds what differs alike, and lists it when asked to', async () => {
    const a = layered([...many('0'), { name: 'etc/x', content: '1\n' }]);
    const b = layered([...many('9'), { name: 'etc/x', content: '2\n' }]);
    const result = await compare(a, b);
    expect(entries(text(result))).toEqual([
      'Entries: 401 changed',
      '  ~ 400 entries differ in mtime [layer 0]',
      '      mtime 1970-01-01T00:00:00Z → 1970-01-01T00:00:09Z',
      '      in usr/share (400)',
      'etc (1 changed)',
      '  ~ etc/x  content [layer 0]',
      '      @@ -1,1 +1,1 @@',
      '      -1',
      '      +2',
    ]);
    expect(text(result, { list: true, limit: 1000 }).filter((line) => line.includes('mtime'))).toHaveLength(
      400,
    );
  });

  it('shows from where to where values go, and changes with their counts', async () => {
    const spread = many('0', 20).map((entry, at) => ({ ...entry, mtime: String(at + 1) }));
    expect(entries(text(await compare(layered(many('0', 20)), layered(spread))))).toContain(
      '      mtime 1970-01-01T00:00:00Z → 1970-01-01T00:00:01Z to 1970-01-01T00:00:20Z',
    );
    const modes = many('0', 20).map((entry, at) => ({ ...entry, mode: at < 15 ? 0o600 : 0o640 }));
    expect(entries(text(await compare(layered(many('0', 20)), layered(modes))))).toContain(
      '      mode 0644 → 0600 (15), mode 0644 → 0640 (5)',
    );
  });

  it('shows at most so many entries, and says how many there are', async () => {
    const files = (content: string): TestEntry[] =>
      Array.from({ length: 30 }, (_, at) => ({ name: `f${at}`, content }));
    const lines = text(await compare(layered(files('1')), layered(files('2'))), { limit: 5 });
    expect(lines.filter((line) => line.startsWith('  ~'))).toHaveLength(5);
    expect(lines.at(-1)).toBe('25 more entries; --max-diffs 30 shows them.');
  });

  it('names what made a layer and who owns a path, escaped', async () => {
    const history = [{ created_by: 'RUN \x1b[31mmake' }];
    const database: TestEntry[] = [
      { name: 'var/lib/dpkg/status', content: 'Package: tool\nVersion: 1-1\nArchitecture: all\n' },
      { name: 'var/lib/dpkg/info/tool.list', content: '/usr/bin/tool\n' },
    ];
    const image = (content: string) => ({
      ...layered([...database, { name: 'usr/bin/tool', content }]),
      config: { history },
    });
    const lines = text(await compare(image('1'), image('2')));
    expect(lines).toContain('  0  RUN \\x1b[31mmake');
    expect(lines).toContain('  ~ usr/bin/tool  content [layer 0] tool 1-1');
  });

  it('leaves out digests that follow, but not where they are all there is', async () => {
    const image = layered(many('0', 1));
    const entry = text(await compare(image, layered(many('9', 1)))).join('\n');
    expect(entry).toContain('only digests and sizes that follow from what differs');
    expect(entry).not.toContain('/layers/0/digest');
    const compression = text(await compare(image, { ...image, compress: 'zstd' }), { rung: 'manifest' }).join(
      '\n',
    );
    expect(compression).toContain('/layers/0/digest');
  });

  it('keeps to the width of the terminal', async () => {
    const long = { name: `${'x'.repeat(50)}/${'y'.repeat(90)}`, content: 'z'.repeat(500) };
    const lines = text(await compare(layered([long]), layered([{ ...long, content: 'w'.repeat(500) }])), {
      width: 60,
    });
    expect(lines.slice(1).filter((line) => line.length > 60)).toEqual([]);
  });

  it('shows a place in bytes as hex and as text', async () => {
    const bytes = (letter: string): Buffer =>
      Buffer.concat([Buffer.alloc(20), Buffer.from(letter.repeat(4))]);
    const lines = text(
      await compare(
        layered([{ name: 'x', content: bytes('a') }]),
        layered([{ name: 'x', content: bytes('b') }]),
      ),
    );
    expect(lines.slice(-2)).toEqual([
      '      - 0x10     00 00 00 00 61 61 61 61                          ....aaaa',
      '      + 0x10     00 00 00 00 62 62 62 62                          ....bbbb',
    ]);
  });
});
