import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findingsOf } from './findings.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/init');

/** Line, whether it must be changed, and what is found, of ordinary Containerfiles. */
const EXPECTED: Record<string, [line: number, blocks: boolean, what: RegExp][]> = {
  'static-site/Containerfile': [],
  'shell-script/Containerfile': [],
  'c-program/Containerfile': [],
  'python-report/Dockerfile': [],
  'debian-nginx/Containerfile': [
    [1, false, /^debian:12-slim is a floating tag/],
    [2, true, /^apt-get needs a network, .*: nginx, ca-certificates$/],
  ],
  'fedora-httpd/Containerfile': [
    [1, false, /^registry\.fedoraproject\.org\/fedora:43 is a floating tag/],
    [2, true, /^dnf needs a network, .*: httpd, mod_ssl$/],
  ],
  'alpine-tool/Containerfile': [
    [1, false, /^alpine:3\.22 is a floating tag/],
    [2, true, /^apk needs a network, .*: jq$/],
  ],
  'python-web/Containerfile': [
    [1, false, /^python:3\.13-slim is a floating tag/],
    [4, true, /^pip needs a network/],
  ],
  'go-service/Containerfile': [
    [2, false, /^golang:1\.25 is a floating tag/],
    [5, true, /^go needs a network/],
    [8, false, /^gcr\.io\/distroless\/static-debian12:nonroot is a floating tag/],
  ],
  'downloads/Containerfile': [
    [2, true, /^ADD needs a network, .*data-1\.0\.json$/],
    [3, true, /^curl needs a network, .*tool-1\.0\.tar\.gz$/],
    [4, true, /^git needs a network, .*tool\.git, \/source$|^git needs a network, .*tool\.git$/],
  ],
};

test.each(Object.entries(EXPECTED))('%s', async (path, expected) => {
  const { findings, floating } = findingsOf(await readFile(join(FIXTURES, path), 'utf8'));
  expect(findings.map(({ line, blocks, what }) => [line, blocks, what])).toEqual(
    expected.map(([line, blocks, what]) => [line, blocks, expect.stringMatching(what) as string]),
  );
  expect(floating).toBe(expected.some(([, blocks]) => !blocks));
  for (const { change } of findings) expect(change.length).toBeGreaterThan(0);
});

const run = (script: string): string[] =>
  findingsOf(`FROM localhost/builder\nRUN ${script}\n`).findings.map(({ what }) => what);

test.each([
  ['sudo env A=b apt-get -y install hello', /^apt-get .*: hello$/],
  ['if true; then yum install -y x; fi', /^yum .*: x$/],
  ['sh -c true && /usr/bin/wget -q "http://example.org/$VERSION"', /^wget /],
  ['echo a | xargs pip3 install', /^pip3 /],
  ['npm ci --omit=dev', /^npm needs a network, and builds have none$/],
])('a network is needed by: %s', (script, what) => {
  expect(run(script)).toEqual([expect.stringMatching(what)]);
});

test.each([
  'apt-get clean && apt-get install -y ./a.deb /cachi2/output/deps/deb/amd64/x/*.deb',
  'dnf clean all',
  'pip install --no-index --find-links /cachi2/output/deps/pip x',
  'curl http://localhost:8080/',
  'curl --version',
  'git describe --tags',
  'go build ./...',
  'npm run build',
  'echo apt-get install hello',
])('no network is needed by: %s', (script) => {
  expect(run(script)).toEqual([]);
});

test('what no build here can do is found, and an argument without a value', () => {
  const found = findingsOf(
    'ARG BASE\nFROM ${BASE}\nRUN --mount=type=secret,id=key,required=true cat /run/secrets/key\nRUN <<EOF\ntrue\nEOF\n',
  ).findings;
  expect(found.map(({ line, what, blocks }) => [line, what, blocks])).toEqual([
    [2, expect.stringContaining('which has no value'), true],
    [3, expect.stringContaining('RUN requires the secret key'), true],
    [4, expect.stringContaining('a here-document'), true],
  ]);
});

test('the release of the lines for Debian is that of the base image', () => {
  const suite = (base: string): string | undefined =>
    /suite: (\w+)/.exec(
      findingsOf(`FROM ${base}\nRUN apt-get install x\n`).findings.at(-1)?.change.join('\n') ?? '',
    )?.[1];
  expect(
    ['debian:13', 'debian:12.5-slim', 'python:3.13-slim-trixie', 'x.example/debian:sid'].map(suite),
  ).toEqual([...['trixie', 'bookworm', 'trixie', 'sid']]);
});
