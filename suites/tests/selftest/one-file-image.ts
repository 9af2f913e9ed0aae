import { randomBytes } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builderConfig, imageArchive } from '../../../harness/rebuild/definition/image-archive.ts';
import { TAR_END, padding, tarHeader } from '../../../harness/rebuild/definition/tar-writer.ts';
import type { Engine } from '../../../harness/engine/port.ts';
import { sha256 } from '../../../harness/model/digest.ts';

/** An image of one file, in the engine until the scope ends. */
export async function loadBase(
  engine: Engine,
  folder: string,
  tag: string,
): Promise<AsyncDisposable & { tag: string; config: string }> {
  const content = Buffer.from(randomBytes(8).toString('hex'));
  const header = { name: 'base', type: 'file' as const, mode: 0o644, uid: 0, gid: 0, size: content.length };
  const layer = Buffer.concat([
    tarHeader({ ...header, mtime: 0, linkname: '' }),
    content,
    padding(content.length),
    TAR_END,
  ]);
  const path = join(folder, 'layer.tar');
  await writeFile(path, layer);
  const diffId = sha256(layer);
  const { size } = await stat(path);
  const config = builderConfig({ architecture: 'amd64', diffId });
  await engine.images.load(imageArchive(config, { path, size }, tag));
  return { tag, config: config.digest, [Symbol.asyncDispose]: () => engine.images.remove(tag) };
}
