import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ROOT } from '../../tests/selftest/support.ts';
import { Apt } from '../apt.ts';
import type { FieldPackage } from './packages.ts';

/** The careless way: what was built goes into the image with its wheel, its bytecode and its static libraries. */
const PYTHON = `FROM localhost/builder AS build
COPY source /src/
RUN mkdir /src/it && tar -xf /src/*.tar.gz -C /src/it --strip-components=1 && cd /src/it && mkdir -p /newroot/srv/wheels \\
    && pip wheel --quiet --no-deps --no-index --no-build-isolation -w /newroot/srv/wheels . \\
    && pip install --quiet --no-deps --no-index --no-build-isolation --root-user-action ignore --target /newroot/usr/lib/app .

FROM scratch
COPY --from=build /newroot /
`;
const C = `FROM localhost/builder AS build
COPY source /src/
RUN mkdir /src/it && tar -xf /src/*.orig.tar.* -C /src/it --strip-components=1 && cd /src/it \\
    && if [ -x configure ]; then ./configure --prefix=/usr CFLAGS='-g -O1'; fi \\
    && make CFLAGS='-g -O1' && make install DESTDIR=/newroot PREFIX=/usr prefix=/usr

FROM scratch
COPY --from=build /newroot /
`;
const BUILDER = join(ROOT, 'fixtures/causes-builder');
const CATALOG = `version: 1
name: field
builder: { definition: builder }
defaults:
  platforms: [linux/amd64]
  sourceDateEpoch: 1767225600
  limits: { memory: 2GiB, processes: 512, time: 20m, scratch: 2GiB, log: 8MiB }
  claims:
    reproducible: true
    hermetic: { made: false, reason: 'not what is asked here' }
    locked: { made: false, reason: 'not what is asked here' }
    runs: { made: false, reason: 'holds no program' }
whenGone: error
subjects:
  - image: it
    recipe: { containerfile: Containerfile }
`;

/** Source packages; all packages of a run share the state of apt. */
export const sourcesOf = (folder: string): Apt => new Apt(folder, [['deb-src', 'bookworm']]);

async function debianSource(name: string, folder: string, apt: Apt): Promise<void> {
  await apt.run('apt-get', ['--only-source', '--download-only', 'source', name], { cwd: folder });
}

async function pythonSource(name: string, folder: string): Promise<void> {
  const from = ['--no-deps', '--no-binary', ':all:', '--quiet'];
  await execa('python3', ['-m', 'pip', 'download', ...from, '--dest', folder, name]);
}

/** Writes a catalog with one subject that builds the package. @throws where its source cannot be had */
export async function writeRecipe(
  { registry, name }: FieldPackage,
  folder: string,
  apt: Apt,
): Promise<string> {
  const source = join(folder, 'source');
  await mkdir(source, { recursive: true });
  if (registry === 'debian') await debianSource(name, source, apt);
  else await pythonSource(name, source);
  await writeFile(join(folder, 'Containerfile'), registry === 'debian' ? C : PYTHON);
  await cp(BUILDER, join(folder, 'builder'), { recursive: true });
  await writeFile(join(folder, 'field.catalog.yaml'), CATALOG);
  return join(folder, 'field.catalog.yaml');
}
