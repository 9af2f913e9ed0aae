import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TwinproofError, errorLine } from '../../errors.ts';
import { parseRepomd } from './repomd.ts';

const HEX = 'a'.repeat(64);
const data = (type: string, inside: string): string => `<data type="${type}">${inside}</data>`;
const entry = (
  href: string,
  checksum = `<checksum type="sha256">${HEX}</checksum>`,
  size = '<size>12</size>',
): string =>
  `${checksum}<open-checksum type="sha256">${'b'.repeat(64)}</open-checksum><location href="${href}"/><timestamp>1</timestamp>${size}`;
const repomd = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">\n<revision>1</revision>${body}</repomd>\n`;

const complaint = (text: string): string => {
  try {
    parseRepomd(text, 'http://x/repomd.xml');
  } catch (error) {
    expect(error).toBeInstanceOf(TwinproofError);
    return errorLine(error);
  }
  return '';
};

describe('parseRepomd', () => {
  it('reads what dnf needs', () => {
    const body =
      data('primary', entry('repodata/p-primary.xml.gz')) + data('modules', entry('repodata/m.yaml.zst'));
    expect(parseRepomd(repomd(body), 'x')).toEqual([
      { type: 'primary', href: 'repodata/p-primary.xml.gz', checksum: `sha256:${HEX}`, size: 12 },
      { type: 'modules', href: 'repodata/m.yaml.zst', checksum: `sha256:${HEX}`, size: 12 },
    ]);
  });

  it.each([
    [
      'weak checksums',
      entry('a', `<checksum type="sha">${'a'.repeat(40)}</checksum>`),
      /has no sha256, sha384 or sha512/,
    ],
    ['a short checksum', entry('a', '<checksum type="sha256">aa</checksum>'), /has no sha256/],
    ['no size', entry('a', undefined, ''), /has no size/],
    ['no place', `<checksum type="sha256">${HEX}</checksum><size>12</size>`, /lies at ""/],
    ['a place outside', entry('../x'), /lies at "\.\.\/x"/],
    ['an absolute place', entry('/etc/passwd'), /lies at "\/etc\/passwd"/],
    ['a place elsewhere', entry('file:///etc/passwd'), /lies at "file:/],
    ['a place that is escaped', entry('%2e%2e/x'), /lies at/],
  ])('refuses %s', (_name, inside, says) => {
    expect(complaint(repomd(data('primary', inside)))).toMatch(/^http:\/\/x\/repomd\.xml: input-mismatch: /);
    expect(complaint(repomd(data('primary', inside)))).toMatch(says);
  });

  it('refuses a document type: entities can blow up', () => {
    const text = `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${repomd(data('primary', entry('&b;')))}`;
    expect(complaint(text)).toMatch(/document type/);
  });

  it('refuses every beginning of a file', () => {
    const whole = repomd(data('primary', entry('repodata/p.xml.gz'))).trimEnd();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        expect(complaint(whole.slice(0, length))).toMatch(/input-mismatch/);
      }),
    );
  });

  it('answers or complains for any text', () => {
    const piece = fc.constantFrom(
      '<data type="x">',
      '</data>',
      '<repomd>',
      '</repomd>',
      '<size>1',
      '</size>',
      '&lt;',
      '<',
      HEX,
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        complaint(pieces.join(''));
      }),
    );
  });
});
