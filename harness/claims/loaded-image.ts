import type { EngineImage } from '../engine/port.ts';

/**
 * What is wrong with an image that an engine made of the one it was given, or null. Its ID is the digest of the config
 * (OCI image-spec), except where the engine keeps images in containerd: there it is that of the manifest, which the
 * engine wrote itself, and the list of diffIDs has to do.
 */
export function loadedFault(
  built: { config: string; diffIds: string[] },
  loaded: Pick<EngineImage, 'id' | 'idOf' | 'diffIds'> | null,
): string | null {
  if (loaded === null) return 'the engine does not have the image after loading it';
  if (loaded.id === built.config) return null;
  if (loaded.idOf === 'config') return `the engine made ${loaded.id} of the image ${built.config}`;
  return JSON.stringify(loaded.diffIds) === JSON.stringify(built.diffIds)
    ? null
    : `the engine made an image with other layers of ${built.config}`;
}
