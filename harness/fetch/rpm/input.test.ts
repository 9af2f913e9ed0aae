import { describe, expect, it } from 'vitest';
import { TwinproofError, errorLine } from '../../errors.ts';
import { namesFor, parseRpmInput } from './input.ts';
import { atArch } from './repo.ts';
import { parseRepofile } from './repofile.ts';

const REPOS = "contentOrigin: { repos: [{ repoid: a, baseurl: 'https://x.example/os' }] }\n";

function complaint(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(TwinproofError);
    return errorLine(error);
  }
  return '';
}

describe('parseRpmInput', () => {
  it('reads what rpm-lockfile-prototype reads', () => {
    const text = `contentOrigin:
  repos:
    - repoid: os-$basearch
      baseurl: https://x.example/{compose}/\${basearch}/os
      excludepkgs: [one, two]
      priority: 10
      skip_if_unavailable: 1
  repofiles:
    - ../../a.repo
    - location: https://x.example/b.repo
variables: { compose: F-1 }
packages: [vim, { name: librtas, arches: { only: ppc64le } }, { name: grub2, arches: { not: [s390x] } }]
moduleEnable: ['nodejs:20']
reinstallPackages: []
arches: [x86_64, s390x]
context: { bare: true }
allowerasing: true
`;
    const input = parseRpmInput(text, 'rpms.in.yaml');
    expect(input.repos).toEqual([
      {
        repoid: 'os-$basearch',
        baseurl: 'https://x.example/F-1/${basearch}/os/',
        signed: false,
        keys: [],
        options: { excludepkgs: 'one two', priority: '10' },
        where: 'rpms.in.yaml:3:7',
      },
    ]);
    expect(input.repofiles.map(({ location }) => location)).toEqual([
      '../../a.repo',
      'https://x.example/b.repo',
    ]);
    expect(namesFor(input.packages, 's390x')).toEqual(['vim']);
    expect(namesFor(input.packages, 'ppc64le')).toEqual(['vim', 'librtas', 'grub2']);
    expect(input).toMatchObject({ allowErasing: true, installWeakDeps: null, noSources: false });
    expect(input.arches).toEqual(['x86_64', 's390x']);
  });

  it.each([
    ['packages: [a]\n', /contentOrigin must be a mapping/],
    ['contentOrigin: { repos: [] }\npackages: [a]\n', /contentOrigin names no repository/],
    [REPOS, /packages is empty/],
    [`${REPOS}packages: [a]\npackage: [b]\n`, /3:10: .*unknown key "package"/],
    [`${REPOS}packages: [--root=x]\n`, /cannot stand in packages/],
    [`${REPOS}packages: [a]\narches: [x86_64, x86_64]\n`, /"x86_64" is no architecture, or is given twice/],
    [`${REPOS}packages: [a]\nupgradePackages: [b]\n`, /upgradePackages is not supported/],
    [`${REPOS}packages: [a]\ncontext: { localSystem: true }\n`, /context\.localSystem is not supported/],
    [`${REPOS}packages: [a]\nallowerasing: perhaps\n`, /allowerasing must be true or false/],
    [
      "contentOrigin: { repos: [{ repoid: a, metalink: 'https://x' }] }\npackages: [a]\n",
      /has no baseurl \(metalink/,
    ],
    [
      "contentOrigin: { repos: [{ repoid: a, baseurl: 'file:///etc' }] }\npackages: [a]\n",
      /not http or https/,
    ],
    ["contentOrigin: { repos: [{ repoid: a, baseurl: 'https://x/../y' }] }\npackages: [a]\n", /climbs out/],
    [
      "contentOrigin: { repos: [{ repoid: a, baseurl: 'https://x/$releasever' }] }\npackages: [a]\n",
      /\$releasever has no value/,
    ],
    ["contentOrigin: { repos: [{ repoid: a/b, baseurl: 'https://x/' }] }\npackages: [a]\n", /repoid must be/],
    ['contentOrigin: { repofiles: [/etc/passwd] }\npackages: [a]\n', /relative path that ends in \.repo/],
    [
      'contentOrigin: { repofiles: [../../etc/shadow] }\npackages: [a]\n',
      /relative path that ends in \.repo/,
    ],
    [
      'contentOrigin: { repofiles: [{ giturl: x }] }\npackages: [a]\n',
      /"giturl" of a repofile is not supported/,
    ],
    ['contentOrigin: { composes: [{ id: x }] }\npackages: [a]\n', /contentOrigin\.composes is not supported/],
  ])('complains of %j', (text, says) => {
    expect(complaint(() => parseRpmInput(text, 'rpms.in.yaml'))).toMatch(says);
    expect(complaint(() => parseRpmInput(text, 'rpms.in.yaml'))).toMatch(
      /^rpms\.in\.yaml:\d+:\d+: lock-invalid: /,
    );
  });
});

describe('parseRepofile', () => {
  it('reads enabled repositories, lines that go on, and what dnf chooses by', () => {
    const text = `# comment
[main]
keepcache=1

[one]
name = One
baseurl = https://x.example/one
gpgkey=https://x.example/a
  https://x.example/b
repo_gpgcheck=1
[two]
enabled=0
metalink=https://x.example/two
[three]
baseurl: https://x.example/$basearch/
cost=5
`;
    expect(parseRepofile(text, 'a.repo')).toEqual([
      {
        repoid: 'one',
        baseurl: 'https://x.example/one/',
        signed: true,
        keys: ['https://x.example/a', 'https://x.example/b'],
        options: {},
        where: 'a.repo:5',
      },
      {
        repoid: 'three',
        baseurl: 'https://x.example/$basearch/',
        signed: false,
        keys: [],
        options: { cost: '5' },
        where: 'a.repo:14',
      },
    ]);
  });

  it.each([
    ['root:x:0:0:root:/root:/bin/sh\n', /^a\.repo:1: lock-invalid: this is no \.repo file/],
    ['[one]\nmetalink=https://x\n', /^a\.repo:1: lock-invalid: .*has no baseurl/],
    ['[one]\nbaseurl=https://x/ https://y/\n', /^a\.repo:1: .*several base URLs/],
  ])('complains of %j without quoting it', (text, says) => {
    expect(complaint(() => parseRepofile(text, 'a.repo'))).toMatch(says);
    expect(complaint(() => parseRepofile(text, 'a.repo'))).not.toContain('root:x');
  });
});

it('atArch puts in what dnf would', () => {
  expect(atArch('$basearch/${arch}/$archx', 'i686')).toBe('i386/i686/$archx');
});
