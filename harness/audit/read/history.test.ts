import { describe, expect, test } from 'vitest';
import { readHistory } from './history.ts';
import { originText } from './origin-text.ts';

const said = (history: string[]): string[] =>
  readHistory(history).map(({ field, value, from }) => `${field}: ${String(value)} by ${originText(from)}`);

const FILE = 'COPY file:' + '5'.repeat(64);
const nop = (text: string): string => `/bin/sh -c #(nop) ${text} `;
const FILES = [
  `${FILE} in /usr/share/buildinfo/content-sets.json`,
  `${FILE} in /root/buildinfo/content_manifests/content-sets.json`,
  `${FILE} in /usr/share/buildinfo/labels.json`,
  `${FILE} in /root/buildinfo/labels.json`,
].map(nop);
const LABEL = nop(
  'LABEL "architecture"="x86_64" "vcs-type"="git" "description"="a \\"b\\" = c" "release"="1"',
);
const BASE = ['/bin/sh -c #(nop) CMD ["/bin/bash"]', ...FILES, LABEL];

describe('what the history of an image tells of what Konflux wrote into it', () => {
  test('files and labels at the end', () => {
    expect(said([nop('FROM x'), '/bin/sh -c dnf install', ...FILES, LABEL])).toEqual([
      "injectedFiles: /usr/share/buildinfo/content-sets.json,/root/buildinfo/content_manifests/content-sets.json,/usr/share/buildinfo/labels.json,/root/buildinfo/labels.json by entry 3 of the image's history",
      'injectedLabels: architecture=x86_64,vcs-type=git,description=a \\"b\\" = c,release=1 by entry 7 of the image\'s history',
    ]);
  });
  test('files alone, after labels of the Containerfile', () => {
    expect(said([nop('LABEL "a"="b"'), FILES[0] ?? ''])).toEqual([
      "injectedFiles: /usr/share/buildinfo/content-sets.json by entry 2 of the image's history",
    ]);
  });
  test('the file of variables that RUN reads', () => {
    expect(
      said(['/bin/sh -c . /cachi2/cachi2.env && make', '|1 A=b /bin/sh -c . /cachi2/cachi2.env &&     make']),
    ).toEqual(["environmentFile: /cachi2/cachi2.env by entry 2 of the image's history"]);
  });
  test.each<[string, string[]]>([
    ['nothing', []],
    ['of the base image only', [...BASE, '/bin/sh -c true']],
    ['of the base image only, and labels of its own', [...BASE, nop('ENV A=b'), LABEL]],
    ['other files', [nop(`${FILE} in /usr/share/labels.json`), nop(`${FILE} in /root/buildinfo/`)]],
    ['labels without files', [nop('CMD ["x"]'), LABEL]],
    ['no words', ['', '']],
    ['a comment about the file of variables', ['/bin/sh -c # . /cachi2/cachi2.env && true']],
  ])('nothing: %s', (_name, history) => {
    expect(said(history)).toEqual([]);
  });
});
