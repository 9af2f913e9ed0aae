import { describe, expect, test } from 'vitest';
import { unnamedStages } from './unnamed-stages.ts';

const lines = (...text: string[]): string => text.join('\n');
const unnamed = (text: string, target?: string): string[] | null =>
  unnamedStages(text, { buildArgs: {}, ...(target === undefined ? {} : { target }) });

describe('unnamedStages', () => {
  test('names the stage that may write the archive which the last one begins with', () => {
    expect(unnamed(lines('FROM b AS builder', 'RUN x', 'FROM oci-archive:out.ociarchive', 'USER 1'))).toEqual(
      ['builder'],
    );
  });

  test.each(['oci:out', 'docker-archive:out.tar', 'dir:out'])('knows %s', (archive) => {
    expect(unnamed(lines('FROM b', `FROM ${archive}`))).toEqual(['0']);
  });

  test('leaves out what is built anyhow: what the last stage names, and what another of them needs', () => {
    const text = lines(
      'FROM a AS one',
      'FROM one AS two',
      'FROM c AS other',
      'FROM oci:x',
      'COPY --from=other / /',
    );
    expect(unnamed(text)).toEqual(['two']);
  });

  test('follows RUN --mount', () => {
    const text = lines('FROM a AS one', 'FROM oci:x', 'RUN --mount=type=bind,from=one,target=/m true');
    expect(unnamed(text)).toEqual([]);
  });

  test('is of no concern without an archive, or before it', () => {
    expect(unnamed(lines('FROM a AS one', 'FROM b'))).toBeNull();
    expect(unnamed(lines('FROM a AS one', 'FROM oci:x AS two', 'FROM b'), 'one')).toBeNull();
    expect(unnamed(lines('FROM oci:x', 'FROM b AS later'), '0')).toEqual([]);
  });

  test('looks at what stands before a stage that another begins with', () => {
    expect(unnamed(lines('FROM a', 'FROM oci:x AS two', 'FROM two'))).toEqual(['0']);
  });
});
