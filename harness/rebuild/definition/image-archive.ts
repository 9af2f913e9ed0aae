import { createReadStream } from 'node:fs';
import { TAR_END, padding, tarHeader } from './tar-writer.ts';
import { sha256 } from '../../model/digest.ts';

export interface BuilderConfig {
  architecture: string;
  diffId: string;
}

/** The image config (OCI image-spec "Image Configuration"); its digest is the builder's identity. */
export function builderConfig({ architecture, diffId }: BuilderConfig): { bytes: Buffer; digest: string } {
  const created = new Date(0).toISOString();
  const config = {
    architecture,
    os: 'linux',
    created,
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['/bin/sh'] },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created, created_by: 'extracted from locked packages' }],
  };
  const bytes = Buffer.from(JSON.stringify(config));
  return { bytes, digest: sha256(bytes) };
}

/** A docker-archive (docker save format) of one layer, as a stream for an engine to load. */
export async function* imageArchive(
  config: { bytes: Buffer; digest: string },
  layer: { path: string; size: number },
  tag: string,
): AsyncIterable<Buffer> {
  const hex = config.digest.replace('sha256:', '');
  const manifest = Buffer.from(
    JSON.stringify([{ Config: `${hex}.json`, RepoTags: [tag], Layers: ['layer.tar'] }]),
  );
  yield* member(`${hex}.json`, config.bytes);
  yield head('layer.tar', layer.size);
  for await (const chunk of createReadStream(layer.path, { highWaterMark: 1024 ** 2 })) yield chunk as Buffer;
  yield padding(layer.size);
  yield* member('manifest.json', manifest);
  yield TAR_END;
}

/** One file of the archive, whole. */
export function* member(name: string, bytes: Buffer): Iterable<Buffer> {
  yield head(name, bytes.length);
  yield bytes;
  yield padding(bytes.length);
}

/** The header of a file whose bytes, and the padding behind them, follow. */
export const head = (name: string, size: number): Buffer =>
  tarHeader({ name, size, type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, linkname: '' });
