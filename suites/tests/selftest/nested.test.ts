import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { networkOf } from '../../../harness/rebuild/network/plan.ts';
import { networkServer } from '../../../harness/rebuild/network/serve.ts';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { idle } from '../../../harness/engine/port.ts';
import { currentOwner } from '../../../harness/engine/owner.ts';
import { readLock } from '../../../harness/lock/parse.ts';
import { type Run, readRun } from '../../../harness/record/reader.ts';
import { CONTROL, ESCAPE, NOTICED } from './escape.ts';
import { ROOT, temporaryFolder, twinproof, writeCatalog } from './support.ts';

/** What dnf-installroot of Project Hummingbird's builder does before dnf. */
const NESTED = `mkdir -p /newroot/run /newroot/proc /newroot/dev /newroot/etc
unshare -f -mp sh -ec 'mount -t tmpfs tmpfs /newroot/run
  mount -t tmpfs tmpfs /newroot/dev; touch /newroot/dev/null; mount --bind /dev/null /newroot/dev/null
  mount --rbind /proc /newroot/proc; echo nothing > /newroot/dev/null
  mkdir -p /newroot/run/a /newroot/run/b /newroot/run/c /newroot/run/d
  mount -t overlay overlay -o lowerdir=/newroot/run/a,upperdir=/newroot/run/b,workdir=/newroot/run/c /newroot/run/d'
rmdir /newroot/run /newroot/proc; rm -rf /newroot/dev; echo made > /newroot/etc/answer`;

const stages = (...steps: string[]): string =>
  [
    'FROM localhost/builder AS build',
    'ARG SOURCE_DATE_EPOCH',
    ...steps,
    'FROM scratch',
    'COPY --from=build /newroot /',
    '',
  ].join('\n');

/** An image that an earlier stage leaves in the context as an archive. */
const archived = (url: string): string =>
  [
    'FROM localhost/builder AS builder',
    `RUN curl --silent --show-error --fail --output /package.deb ${url}`,
    `RUN python3 -c "import urllib.request as u; print(len(u.urlopen('${url}').read()))"`,
    `ADD ${url} /added.deb`,
    'RUN cmp /package.deb /added.deb',
    'COPY nested.sh /nested.sh',
    'RUN sh -e /nested.sh',
    'RUN umask 022 && tar c --sort=name --mtime=@0 --owner=0 --group=0 -C /newroot -f /layer.tar . && umoci init --layout /l && umoci new --image /l:x && umoci raw add-layer --history.created 2020-01-01T00:00:00Z --image /l:x /layer.tar && umoci config --image /l:x --created 2020-01-01T00:00:00Z --no-history',
    'RUN --mount=type=bind,target=/run/src,rw tar c -C /l -f /run/src/out.ociarchive .',
    'FROM oci-archive:out.ociarchive',
    'USER 65532',
    '',
  ].join('\n');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let recorded: Run;
let runFolder: string;
let locked: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  // Any package of the builder's lock: it is in the cache already.
  const lock = await readLock(join(ROOT, 'fixtures/builder/debs.lock.yaml'));
  const arch = lock.arches[0];
  const one = arch?.packages.find(({ name }) => name === 'netbase') ?? arch?.packages[0];
  if (arch === undefined || one === undefined) throw new Error('the builder has no packages');
  locked = one.url;
  const text = stringify({
    lockfileVersion: 1,
    lockfileVendor: 'twinproof',
    arches: [{ arch: arch.arch, packages: [one], source: [], module_metadata: [] }],
  });
  const outside = new URL('nothing-that-is-locked', locked).href;
  const files = {
    'a/debs.lock.yaml': text,
    'a/nested.sh': NESTED,
    'a/escape.sh': ESCAPE,
    'a/archived': archived(locked),
    'a/control.sh': CONTROL,
    'a/escape': stages('COPY escape.sh control.sh /', 'RUN sh /escape.sh', 'RUN sh /control.sh'),
    'a/outside': stages(`RUN mkdir /newroot && curl --silent --show-error --fail -o /newroot/x ${outside}`),
    'a/elsewhere': stages('RUN mkdir /newroot && curl --silent --show-error --fail https://example.org/x'),
    'a/full': stages('RUN dd if=/dev/zero of=/filler bs=1M count=4000'),
    'a/forks': stages(`RUN bomb() { bomb | bomb & }; bomb; wait; exit 1`),
    'a/mounts': stages('RUN mkdir /m && while mount -t tmpfs tmpfs /m; do :; done; exit 1'),
  };
  const subject = (image: string, recipe: string, privileges: string, more = ''): string =>
    `  - { image: ${image}, variant: ${privileges}, lock: a/debs.lock.yaml, claims: { reproducible: true, hermetic: true }, recipe: { containerfile: a/${recipe}, context: a, privileges: ${privileges} }${more} }`;
  const small = ', limits: { time: 30s, processes: 300, scratch: 256MiB, memory: 1GiB }';
  const subjects = [
    subject('archived', 'archived', 'nested'),
    subject('archived', 'archived', 'default'),
    ...['nested', 'default'].map((privileges) => subject('escape', 'escape', privileges)),
    ...['nested', 'default'].map((privileges) => subject('outside', 'outside', privileges)),
    subject('elsewhere', 'elsewhere', 'nested'),
    ...['full', 'forks', 'mounts'].map((name) => subject(name, name, 'nested', small)),
  ];
  const catalog = await writeCatalog(folder.path, `${subjects.join('\n')}\n`, files);
  const result = await twinproof(['verify', catalog, '--results', join(folder.path, 'runs'), '--json']);
  if (!result.stderr.includes('recorded in')) throw new Error(result.stderr);
  runFolder = /recorded in (\S+)/.exec(result.stderr)?.[1] ?? '';
  recorded = await readRun(runFolder);
});
afterAll(() => folder[Symbol.asyncDispose]());

const cell = (subject: string, claim: string) => recorded.cells.get(`${subject}@linux/amd64 ${claim}`);
const verdicts = (subject: string) =>
  ['reproducible', 'hermetic'].map((claim) => cell(subject, claim)?.verdict);

describe('privileges: nested', () => {
  test('RUN makes namespaces and mounts, downloads what is locked, and leaves the archive that the last stage begins with', () => {
    expect(cell('archived/nested', 'reproducible')?.summary).toContain('equal at manifest');
    expect(verdicts('archived/nested')).toEqual(['pass', 'pass']);
  });

  test('is never there by default', () => {
    expect(verdicts('archived/default')).toEqual(['error', 'error']);
    expect(cell('archived/default', 'reproducible')?.error?.code).toBe('build-failed');
  });

  test('a full disk, a fork bomb and a loop of mounts end in errors', () => {
    for (const name of ['full', 'forks', 'mounts'])
      expect([name, cell(`${name}/nested`, 'reproducible')?.verdict]).toEqual([name, 'error']);
    expect(cell('full/nested', 'reproducible')?.error?.message).toContain('filled its scratch space');
  });
});

describe.each(['nested', 'default'])('RUN with privileges: %s', (privileges) => {
  test('gets out to no socket, host, device, mount or process that is not its own; a way that is open is noticed', async () => {
    expect(cell(`escape/${privileges}`, 'reproducible')?.summary).toContain('equal at manifest');
    const [log] = cell(`escape/${privileges}`, 'hermetic')?.evidence ?? [];
    const text = await readFile(join(runFolder, 'evidence', log?.digest.replace(':', '/') ?? ''), 'utf8');
    const noticed = [...text.matchAll(/^noticed: (.*)$/gm)].map(([, what]) => what);
    expect(noticed).toEqual([...NOTICED.default, ...(privileges === 'nested' ? NOTICED.nested : [])]);
  });

  test('is refused what the lock does not name, which hermetic tells by its URL', () => {
    expect(cell(`outside/${privileges}`, 'hermetic')?.verdict).toBe('fail');
    expect(cell(`outside/${privileges}`, 'hermetic')?.summary).toContain(
      new URL('nothing-that-is-locked', locked).href,
    );
  });
});

test('a host that is not in the lock is named', () => {
  expect(cell('elsewhere/nested', 'hermetic')?.summary).toContain('example.org');
});

test('a server for downloads that ends during the build is a fault of ours, not a refusal of the network', async () => {
  const engine = await connectEngine();
  const owner = currentOwner('selftest-network');
  const { digest } = recorded.twins.get('archived/nested@linux/amd64')?.builder ?? { digest: '' };
  const { plan } = await networkOf({ lock: null, architecture: 'amd64', sourceDateEpoch: 0 });
  const serve = async (name: string, time: number) => {
    const place = { image: digest, plan, files: null, folder: join(folder.path, name), time };
    const { sidecar, served } = await networkServer(owner, place);
    const limits = { memory: 256 * 2 ** 20, processes: 64 };
    const spec = { image: digest, command: idle(120), limits, sidecars: { network: sidecar } };
    const container = await engine.run(owner, spec);
    return { container, ...(await served(container.sidecar('network'))) };
  };
  const lives = await serve('lives', 120);
  await using container = lives.container;
  await container.exec(['sh', '-c', 'curl --silent http://localhost/nothing']);
  expect(await lives.refused()).toEqual([{ kind: 'url', what: 'http://localhost/nothing', times: 1 }]);
  const ends = await serve('ends', 2);
  await using other = ends.container;
  await setTimeout(4000);
  expect(await other.running()).toBe(true);
  await expect(ends.refused()).rejects.toMatchObject({ code: 'internal' });
});
