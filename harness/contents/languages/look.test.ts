import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openImage } from '../../oci/open.ts';
import { file, OS_RELEASE } from '../../testing/contents/contents.ts';
import { elf } from '../../testing/inside/elf.ts';
import { zip } from '../../testing/inside/zip.ts';
import { scratch, writeLayout } from '../../testing/oci/image.ts';
import { tar, type TestEntry } from '../../testing/oci/tar/tar.ts';
import { readInventory } from '../inventory.ts';
import { LanguageLook } from './look.ts';

/** Packages as `ecosystem name version`, and what is unknown as `ecosystem files`. */
async function lookAt(entries: TestEntry[], most?: number): Promise<{ found: string[]; unknown: string[] }> {
  await using folder = await scratch();
  const layers = [tar([OS_RELEASE]), tar(entries)];
  const history = [{ created_by: 'x' }, { created_by: 'COPY . /' }];
  const image = await openImage(
    await writeLayout(join(folder.path, 'image'), { layers, config: { history } }),
  );
  try {
    const look = new LanguageLook(most);
    const { inventory, tree } = await readInventory(image, look);
    const { packages, unknown } = look.contents(inventory, tree);
    return {
      found: packages.map(({ ecosystem, name, version }) => `${ecosystem} ${name} ${version}`),
      unknown: unknown.map(({ ecosystem, files }) => `${ecosystem} ${files}`),
    };
  } finally {
    await image.close();
  }
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value, 'latin1');
  const length: number[] = [];
  for (let left = bytes.length; ; left = Math.floor(left / 128)) {
    length.push(left >= 128 ? (left % 128) | 128 : left);
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.from(length), bytes]);
};

/** What the linker of Go writes into `.go.buildinfo`. */
function goProgram(lines: string[], { version = 'go1.22.3', flags = 2 } = {}): Buffer {
  const head = Buffer.alloc(32);
  head.write('\xff Go buildinf:', 'latin1');
  head[14] = 8;
  head[15] = flags;
  const mark = 'x'.repeat(16);
  const content = Buffer.concat([head, text(version), text(`${mark}${lines.join('\n')}\n${mark}`)]);
  return elf([{ name: '.go.buildinfo', content }]);
}

const rustProgram = (value: unknown): Buffer =>
  elf([{ name: '.dep-v0', content: deflateSync(JSON.stringify(value)) }]);

const pom = (artifact: string, version: string) => ({
  name: `META-INF/maven/org.x/${artifact}/pom.properties`,
  content: `#x\ngroupId=org.x\nartifactId=${artifact}\nversion=${version}\n`,
});
const program = (name: string, content: Buffer): TestEntry => ({ name, content, mode: 0o755 });

test('manifests of npm, PyPI and RubyGems', async () => {
  const { found, unknown } = await lookAt([
    file('srv/node_modules/@a/b/package.json', '{"name":"@a/b","version":"1.2.3"}'),
    file('srv/node_modules/@a/b/lib/package.json', '{"type":"module"}'),
    file(
      'v/lib/python3/site-packages/Foo_Bar-1.0.dist-info/METADATA',
      'Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.0\n\nName: no\n',
    ),
    file('v/lib/python3/site-packages/old-2.egg-info', 'Name: old\r\nVersion: 2\r\n'),
    file(
      'g/specifications/rack-2.0.gemspec',
      'Gem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = "2.0"\nend\n',
    ),
  ]);
  expect(found.toSorted()).toEqual(['PyPI Foo_Bar 1.0', 'PyPI old 2', 'RubyGems rack 2.0', 'npm @a/b 1.2.3']);
  expect(unknown).toEqual([]);
});

test('programs of Go and Rust', async () => {
  const { found, unknown } = await lookAt([
    program(
      'app',
      goProgram([
        'path\tx/app',
        'mod\tx/app\t(devel)\t',
        'dep\tgolang.org/x/net\tv0.5.0\th1:a',
        'dep\told/y\tv1.0.0',
        '=>\tnew/y\tv1.1.0\th1:b',
      ]),
    ),
    program(
      'cli',
      rustProgram({
        packages: [
          { name: 'cli', version: '0.1.0', root: true },
          { name: 'time', version: '0.2.1' },
          { name: 'cc', version: '1.0.0', kind: 'build' },
        ],
      }),
    ),
  ]);
  expect(found).toEqual([
    ...['Go stdlib 1.22.3', 'Go x/app (devel)', 'Go golang.org/x/net v0.5.0', 'Go new/y v1.1.0'],
    ...['crates.io cli 0.1.0', 'crates.io time 0.2.1'],
  ]);
  expect(unknown).toEqual([]);
});

test('jars, and jars in jars', async () => {
  const inner = zip([pom('inner', '1')]).toString('latin1');
  const { found, unknown } = await lookAt([
    { name: 'a.jar', content: zip([pom('app', '2'), pom('shaded', '3')]) },
    { name: 'b.war', content: zip([{ name: 'WEB-INF/lib/plain.jar', content: 'no zip' }]) },
  ]);
  expect(inner).not.toBe('');
  expect(found).toEqual(['Maven org.x:app 2', 'Maven org.x:shaded 3']);
  expect(unknown).toEqual(['Maven 1']);
});

test.each<[what: string, entry: TestEntry, ecosystem: string]>([
  ['a program that tells nothing', program('x', elf([])), 'none'],
  [
    'a program of Rust without a list',
    program('x', elf([{ name: 'a', content: Buffer.from('/rustc/abc/library') }])),
    'crates.io',
  ],
  ['Go as it was before 1.18', program('x', goProgram(['mod\tx\tv1'], { flags: 0 })), 'Go'],
  ['Go that was built without modules', program('x', goProgram(['path\tcommand-line-arguments'])), 'Go'],
  [
    'a list of Rust that is broken',
    program('x', elf([{ name: '.dep-v0', content: Buffer.from('x') }])),
    'crates.io',
  ],
  ['a package of npm without a version', file('node_modules/x/package.json', '{"name":"x"}'), 'npm'],
  ['a package of npm that is no JSON', file('node_modules/x/package.json', '{'), 'npm'],
  [
    'a jar without pom.properties',
    { name: 'x.jar', content: zip([{ name: 'A.class', content: 'x' }]) },
    'Maven',
  ],
  ['a jar that is none', { name: 'x.jar', content: 'x' }, 'Maven'],
  ['NuGet', file('x.deps.json', '{}'), 'NuGet'],
  ['Composer', file('vendor/composer/installed.json', '{}'), 'Packagist'],
])('unknown: %s', async (_, entry, ecosystem) => {
  expect((await lookAt([entry])).unknown).toEqual([`${ecosystem} 1`]);
});

test('a file that is too large to be looked at may be a program; other files are none', async () => {
  const entries = [file('opt/large', 'x'.repeat(200)), file('opt/small', 'x'.repeat(99))];
  expect((await lookAt(entries, 150)).unknown).toEqual(['none 1']);
  expect(await lookAt(entries)).toEqual({ found: [], unknown: [] });
});
