import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Index {
  manifests: { annotations?: Record<string, string> }[];
}

/** A tar of a layout whose index names the image as containerd does, which is what diffoci loads. @returns its path */
export async function makeArchive(layout: string, name: string): Promise<string> {
  const archive = `${layout}.tar`;
  const folder = await mkdtemp(`${layout}.index-`);
  try {
    const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as Index;
    for (const manifest of index.manifests) manifest.annotations = { 'io.containerd.image.name': name };
    await writeFile(join(folder, 'index.json'), JSON.stringify(index));
    const files = ['-C', layout, 'blobs', 'oci-layout', '-C', folder, 'index.json'];
    await promisify(execFile)('tar', ['-cf', archive, ...files]);
  } finally {
    await rm(folder, { recursive: true });
  }
  return archive;
}
