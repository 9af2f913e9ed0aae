import { Readable } from 'node:stream';
import { TwinproofError } from '../../errors.ts';
import type { EngineImage, Images } from '../port.ts';
import { type Api, NOT_FOUND, engineCall, reasonOf, unless } from './call.ts';

/** @param label name and version of the engine, for errors */
export const dockerImages = (api: Api, label: string): Images => ({
  find: (name) => find(api, name),
  pull: (reference) => pull(api, reference),
  load: (archive) => load(api, archive),
  export: (name) => exportImage(api, name, label),
  list: (repository) => list(api, repository),
  remove: async (name) => {
    await unless(NOT_FOUND, api.getImage(name).remove({ force: true }));
  },
});

async function find(api: Api, name: string): Promise<EngineImage | null> {
  const image = await engineCall(`look for ${name}`, () => unless(NOT_FOUND, api.getImage(name).inspect()));
  if (image === null) return null;
  const id = image.Id.startsWith('sha256:') ? image.Id : `sha256:${image.Id}`;
  // Docker Engine API: both may be left out, or null, where there is nothing to say.
  const { RepoDigests, RootFS } = image as Partial<Pick<typeof image, 'RepoDigests' | 'RootFS'>>;
  return {
    id,
    // Docker Engine API 1.48: only images that containerd keeps have a descriptor.
    idOf: 'Descriptor' in image ? 'manifest' : 'config',
    digest: RepoDigests?.[0]?.split('@')[1] ?? id,
    architecture: image.Architecture,
    diffIds: RootFS?.Layers ?? [],
  };
}

async function pull(api: Api, reference: string): Promise<void> {
  try {
    const stream = await api.pull(reference);
    await new Promise<void>((resolve, reject) => {
      api.modem.followProgress(stream, (error, reported: { error?: string }[]) => {
        // Podman says it in a line of its answer.
        const reason = error?.message ?? reported.find((line) => line.error !== undefined)?.error;
        if (reason === undefined) resolve();
        else reject(new Error(reason));
      });
    });
  } catch (cause) {
    throw new TwinproofError('input-unavailable', reasonOf(cause, 200), { where: reference, cause });
  }
}

async function load(api: Api, archive: AsyncIterable<Uint8Array>): Promise<void> {
  const answer = await engineCall('load an image', async () => {
    const stream = await api.loadImage(Readable.from(archive), { quiet: true });
    let text = '';
    for await (const chunk of stream) text = (text + String(chunk)).slice(-4096);
    return text;
  });
  const error = /"error":"([^"]*)"/.exec(answer)?.[1];
  if (error !== undefined)
    throw new TwinproofError('engine-unavailable', `the engine did not load the image: ${error}`);
}

async function exportImage(api: Api, name: string, label: string): Promise<AsyncIterable<Uint8Array>> {
  if ((await find(api, name)) === null) {
    throw new TwinproofError('input-unavailable', 'the engine has no such image', {
      where: `docker-daemon:${name}`,
      hint: `${label}; see its list of images`,
    });
  }
  const stream = await engineCall(`export the image ${name}`, () => api.getImage(name).get());
  return stream as unknown as AsyncIterable<Uint8Array>;
}

async function list(api: Api, repository: string): Promise<string[]> {
  const images = await engineCall('list images', () =>
    api.listImages({ filters: { reference: [`${repository}:*`] } }),
  );
  return images.flatMap((image) => image.RepoTags ?? []).filter((tag) => tag.startsWith(`${repository}:`));
}
