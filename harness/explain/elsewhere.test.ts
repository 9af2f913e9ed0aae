import { describe, expect, it } from 'vitest';
import type { EntryDiff } from '../compare/types.ts';
import { contextOf, entryOf, inside, insideEntry, reported } from '../testing/explain/entry.ts';

const bytes = (a: string, b: string): EntryDiff['inside'] =>
  inside('bytes', { part: '.text', windows: [{ offset: 64, a, b }] });

const added = (path: string): EntryDiff => ({ ...entryOf(path, {}), change: 'added', a: null });

/** What two builds on one machine without a network cannot show. */
describe('causes of which there is no image', () => {
  const program = insideEntry(
    'usr/bin/x',
    inside('elf', { children: [bytes('c5f877c5', '62f17c48')] as never }),
  );

  it('cpu: machine code for the CPU that was there', () => {
    const native = contextOf('RUN gcc -O2 -march=native -o /usr/bin/x x.c');
    expect(reported(program, native)).toEqual(['cpu likely']);
    expect(reported(program, contextOf('RUN gcc -O2 -o /usr/bin/x x.c'))).toEqual(['unknown likely']);
  });

  it('network-input: what the instruction that names the file fetched', () => {
    const data = insideEntry(
      'srv/data.bin',
      inside('bytes', { windows: [{ offset: 0, a: '00ff', b: '01fe' }] }),
    );
    expect(reported(data, contextOf('RUN curl -o /srv/data.bin https://example.org/'))).toEqual([
      'network-input likely',
    ]);
    expect(
      reported(data, contextOf('RUN make-data > /srv/data.bin\nRUN curl -O https://example.org/')),
    ).toEqual(['unknown likely']);
  });

  it.each([
    'root/.npm/_cacache/index-v5/aa/bb',
    'root/.cache/pip/http-v2/a/b',
    'tmp/node-compile-cache/v24/x',
  ])('cache-file: %s', (path) => {
    expect(reported(added(path))).toEqual(['cache-file likely']);
  });
});
