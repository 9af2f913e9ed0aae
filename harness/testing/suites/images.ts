import { join } from 'node:path';
import { openImage } from '../../oci/open.ts';
import { tar } from '../oci/tar/tar.ts';
import { scratch, writeLayout } from '../oci/image.ts';
import type { OciImage } from '../../oci/types.ts';

type Entries = Parameters<typeof tar>[0];

export type TestImages<Name extends string> = Record<Name, OciImage> & AsyncDisposable;

/** Opened images of one layer each, by name. */
export async function testImages<Name extends string>(
  layers: Record<Name, Entries>,
): Promise<TestImages<Name>> {
  const folder = await scratch();
  const opened: [string, OciImage][] = [];
  for (const [name, entries] of Object.entries<Entries>(layers)) {
    const reference = await writeLayout(join(folder.path, name), { layers: [tar(entries)] });
    opened.push([name, await openImage(reference)]);
  }
  const dispose = async (): Promise<void> => {
    for (const [, image] of opened) await image.close();
    await folder[Symbol.asyncDispose]();
  };
  return Object.assign(Object.fromEntries(opened) as Record<Name, OciImage>, {
    [Symbol.asyncDispose]: dispose,
  });
}
