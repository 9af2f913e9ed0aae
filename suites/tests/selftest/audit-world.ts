import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { execa } from 'execa';
import { BUILD_CAPABILITIES } from '../../../harness/rebuild/capabilities.ts';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { currentOwner } from '../../../harness/engine/owner.ts';
import { type Konflux, konfluxStatement, spdxStatement } from '../../../harness/testing/audit/konflux.ts';
import { type GitServer, TestRepository, serveGit } from '../../../harness/testing/audit/git-server.ts';
import { type Layer, Published, attestation } from '../../../harness/testing/audit/published.ts';
import { type Described, digestOf, writeBlob, writeLayout } from '../../../harness/testing/oci/image.ts';
import { tar } from '../../../harness/testing/oci/tar/tar.ts';
import { bundledBuilder } from './bundled-builder.ts';
import { type RunningRegistry, skopeoCopy, startDockerRegistry } from './docker-registry.ts';
import { temporaryFolder } from './support.ts';

/**
 * A world in which images are published: a git server, a registry, a builder, base images, and an image that buildah
 * itself built there, without this program. What a test publishes is that image, or one that is wrong in one way.
 */

export const EPOCH = '1700000000';
export const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export interface World extends AsyncDisposable {
  registry: RunningRegistry;
  git: GitServer;
  repository: string;
  commits: { built: string; gone: string; later: string };
  builder: string;
  bases: { one: string; two: string };
  /** OCI layouts with the image as it was built: plain, and as Konflux builds it, with `labels.json` in it. */
  built: string;
  injected: Readonly<Record<'right' | 'wrong', string>>;
  key: KeyObject;
  at: (name: string) => string;
}

const containerfile = (host: string): string =>
  `FROM ${host}/world/base:1\nARG VERSION=0\nLABEL version=$VERSION\nCOPY hello.txt /hello.txt\n`;

/** What the world builds with. */
interface Toolchain {
  /** The builder in the engine, by the name of its image. */
  builder: () => Promise<string>;
  /** Of buildah, for the image that is published. */
  options: readonly string[];
}

const BUNDLED: Toolchain = {
  builder: async () => bundledBuilder(await connectEngine(), currentOwner('audit-world')),
  options: [`--timestamp=${EPOCH}`],
};

export async function makeWorld(tools: Toolchain = BUNDLED): Promise<World> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const at = (name: string): string => join(folder.path, name);
  const registry = stack.use(await startDockerRegistry(at('registry')));
  const commits = await makeSource(at, registry.host);
  const git = stack.use(await serveGit(at('served')));
  const bases = { one: await pushBase(at, registry.host, '1'), two: await pushBase(at, registry.host, '2') };
  const { image, reference: builder } = await pushBuilder(at, registry.host, await tools.builder());
  await build({ at, image, options: tools.options }, 'work', 'built');
  const injected = await buildInjected({ at, image, options: tools.options });
  const key = newKey();
  for (const name of ['key', 'other'] as const)
    await writeFile(at(name), (name === 'key' ? key : newKey()).export({ type: 'pkcs8', format: 'pem' }));
  const repository = `${git.url}/app.git`;
  const built = at('built/image');
  return {
    registry,
    git,
    repository,
    commits,
    builder,
    bases,
    built,
    injected,
    key,
    at,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function makeSource(at: (name: string) => string, host: string): Promise<World['commits']> {
  const source = await TestRepository.make(at('work'));
  await source.commit('what came before');
  await writeFile(join(source.folder, 'Containerfile'), containerfile(host));
  await writeFile(join(source.folder, 'hello.txt'), 'hello\n');
  const built = await source.commit('the one that was built');
  await source.git('checkout', '-q', '-b', 'forced');
  await writeFile(join(source.folder, 'more.txt'), 'more\n');
  const gone = await source.commit('pushed away');
  await source.git('checkout', '-q', 'main');
  await source.git('branch', '-q', '-D', 'forced');
  await source.git('worktree', 'add', '-q', '--detach', at('later'));
  await writeFile(join(at('later'), 'hello.txt'), 'hello again\n');
  const branch = new TestRepository(at('later'));
  await branch.git('checkout', '-q', '-b', 'next');
  const later = await branch.commit('another text');
  await mkdir(at('served'), { recursive: true });
  await source.publish(at('served/app.git'));
  return { built, gone, later };
}

/** @returns its digest in the registry */
async function pushBase(at: (name: string) => string, host: string, tag: string): Promise<string> {
  const layer = tar([{ name: 'base.txt', content: Buffer.from(`base ${tag} of ${host}\n`) }]);
  // On a base without a history buildah writes none.
  const history = [{ created: '2023-01-01T00:00:00Z', created_by: 'base' }];
  const config = { config: { Labels: { base: 'yes' } }, history };
  const layout = await writeLayout(at(`base-${tag}`), { layers: [layer], config });
  return push(layout, `${host}/world/base:${tag}`);
}

async function pushBuilder(
  at: (name: string) => string,
  host: string,
  image: string,
): Promise<{ image: string; reference: string }> {
  await execa('docker', ['save', '--output', at('builder.tar'), image]);
  const digest = await push(`docker-archive:${at('builder.tar')}`, `${host}/world/buildah-task:1`);
  return { image, reference: `${host}/world/buildah-task@${digest}` };
}

async function push(from: string, to: string): Promise<string> {
  await skopeoCopy(from, `docker://${to}`);
  const words = ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${to}`];
  return (await execa('skopeo', words)).stdout.trim();
}

interface Build {
  at: (name: string) => string;
  /** Of the builder. */
  image: string;
  options: readonly string[];
}

/** As the build task of Konflux does it: what the labels are goes into a file that is copied at the end. */
async function buildInjected(given: Build): Promise<World['injected']> {
  const { at } = given;
  const labels = { right: { release: EPOCH, version: '1' }, wrong: { release: EPOCH, hidden: 'text' } };
  for (const [name, value] of Object.entries(labels)) {
    const context = `work-${name}`;
    await cp(at('work'), at(context), { recursive: true });
    await writeFile(at(`${context}/labels.json`), `${JSON.stringify(value, null, 2)}\n`);
    const recipe = await readFile(at('work/Containerfile'), 'utf8');
    await writeFile(
      at(`${context}/Containerfile`),
      `${recipe}\nCOPY labels.json /usr/share/buildinfo/labels.json\n`,
    );
    await build(given, context, `injected-${name}`);
  }
  return { right: at('injected-right/image'), wrong: at('injected-wrong/image') };
}

/** As a pipeline would: buildah in the builder's container, with the network of this machine. */
async function build({ at, image, options: more }: Build, context: string, out: string): Promise<void> {
  await mkdir(at(out), { recursive: true });
  const options = [
    '--isolation=chroot --tls-verify=false --layers=false --format=oci --platform=linux/amd64',
    `${more.join(' ')} --build-arg=SOURCE_DATE_EPOCH=${EPOCH} --build-arg=VERSION=1 --label=release=${EPOCH}`,
  ].join(' ');
  const script = `cd /context; buildah --storage-driver=vfs --root=/build/root --runroot=/build/run bud ${options} --tag=oci:/out/image --file=Containerfile .`;
  const mounts = [`${at(context)}:/context:ro`, `${at(out)}:/out`].flatMap((one) => ['--volume', one]);
  await execa('docker', [
    ...['run', '--rm', '--cap-drop=ALL', ...BUILD_CAPABILITIES.map((name) => `--cap-add=${name}`)],
    ...[
      '--security-opt=seccomp=unconfined',
      '--security-opt=apparmor=unconfined',
      '--network=host',
      '--tmpfs',
      '/build:exec',
      '--env',
      'HOME=/build',
    ],
    ...['--env', 'TMPDIR=/build', ...mounts, image, 'sh', '-ec', script],
  ]);
}

/** How what is published differs from what was built. */
export interface Publication {
  /** Labels that are set after the build. */
  labels?: Record<string, string>;
  /** A file that is added after the build. */
  file?: string;
  /** Layers are compressed anew. */
  repack?: boolean;
  /** What Konflux injects is in it. */
  injected?: 'right' | 'wrong';
  /** What the provenance says, over what is right. */
  says?: (right: Konflux) => Partial<Konflux>;
  /** Digest of the base image in the SBOM; none where null. */
  base?: string | null;
  /** What is pushed beside it in place of the provenance and the SBOM. */
  beside?: (digest: string, right: Konflux) => { at?: string; layers: Layer[] }[];
  key?: KeyObject;
}

let count = 0;

/** Publishes the image, right or wrong. @returns its name, without `docker://` */
export async function publish(
  world: World,
  wrong: Publication = {},
): Promise<{ name: string; digest: string; right: Konflux }> {
  const folder = world.at(`publication-${++count}`);
  const from = wrong.injected === undefined ? world.built : world.injected[wrong.injected];
  await cp(from, folder, { recursive: true });
  const digest = await edited(folder, wrong);
  const name = `${world.registry.host}/published/app-${count}`;
  const layout = new Published(folder);
  const right = rightStatement(world, digest);
  await layout.take(digest);
  await skopeoCopy(`oci:${folder}:latest`, `docker://${name}:latest`, '--preserve-digests');
  const tags = wrong.beside?.(digest, right) ?? [{ layers: usual(world, digest, right, wrong) }];
  for (const { at = digest, layers } of tags) {
    await layout.tag(at, 'att', ...layers);
    const tag = `${at.replace(':', '-')}.att`;
    await skopeoCopy(`oci:${folder}:${tag}`, `docker://${name}:${tag}`, '--preserve-digests');
  }
  return { name, digest, right };
}

export function usual(world: World, digest: string, right: Konflux, wrong: Publication = {}): Layer[] {
  const { key = world.key, base = world.bases.one, says } = wrong;
  const provenance = konfluxStatement({ ...right, ...says?.(right) });
  const repository = `${world.registry.host}/world/base`;
  return [
    attestation(JSON.stringify(provenance), key),
    ...(base === null
      ? []
      : [attestation(JSON.stringify(spdxStatement(digest, { repository, digest: base })), key)]),
  ];
}

export const rightStatement = (world: World, digest: string): Konflux => ({
  index: digest,
  images: { 'linux/amd64': digest },
  commit: world.commits.built,
  repository: world.repository,
  arguments: ['VERSION=1'],
  labels: [`release=${EPOCH}`],
  builder: world.builder,
  parameters: PARAMETERS,
});

export const PARAMETERS = { SKIP_INJECTIONS: 'true', PREFETCH_INPUT: '', SOURCE_DATE_EPOCH: EPOCH };

interface Manifest {
  config: Described;
  layers: Described[];
}
interface Config {
  config: { Labels: Record<string, string> };
  rootfs: { diff_ids: string[] };
  history: object[];
}

async function edited(folder: string, { labels, file, repack }: Publication): Promise<string> {
  const blob = (digest: string): string => join(folder, 'blobs', digest.replace(':', '/'));
  const json = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T;
  const { manifests } = await json<{ manifests: Described[] }>(join(folder, 'index.json'));
  const [first] = manifests;
  if (first === undefined) throw new Error('nothing was built');
  if (labels === undefined && file === undefined && repack !== true) return first.digest;
  const manifest = await json<Manifest>(blob(first.digest));
  const config = await json<Config>(blob(manifest.config.digest));
  Object.assign(config.config.Labels, labels);
  if (file !== undefined) {
    const layer = tar([{ name: 'added', content: Buffer.from(file) }]);
    manifest.layers.push(
      await writeBlob(folder, gzipSync(layer), 'application/vnd.oci.image.layer.v1.tar+gzip'),
    );
    config.rootfs.diff_ids.push(digestOf(layer));
    config.history.push({ created: '2026-01-01T00:00:00Z', created_by: 'COPY added /' });
  }
  if (repack === true)
    manifest.layers = await Promise.all(manifest.layers.map((one) => packed(folder, blob(one.digest))));
  if (labels !== undefined || file !== undefined)
    manifest.config = await writeBlob(folder, Buffer.from(JSON.stringify(config)), manifest.config.mediaType);
  return (await writeBlob(folder, Buffer.from(JSON.stringify(manifest)), first.mediaType)).digest;
}

async function packed(folder: string, path: string): Promise<Described> {
  const bytes = await readFile(path);
  const layer = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  return writeBlob(folder, gzipSync(layer, { level: 1 }), 'application/vnd.oci.image.layer.v1.tar+gzip');
}
