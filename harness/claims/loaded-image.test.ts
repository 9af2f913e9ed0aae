import { expect, it } from 'vitest';
import { loadedFault } from './loaded-image.ts';

const built = { config: 'sha256:aa', diffIds: ['sha256:01', 'sha256:02'] };
const loaded = { id: 'sha256:aa', diffIds: built.diffIds, idOf: 'config' as const };

it.each([
  ['the same ID', loaded, null],
  ['another ID', { ...loaded, id: 'sha256:bb' }, /made sha256:bb of the image sha256:aa/],
  ['none', null, /does not have the image/],
  ['the ID of a manifest', { ...loaded, id: 'sha256:bb', idOf: 'manifest' as const }, null],
  [
    'other layers',
    { id: 'sha256:bb', diffIds: ['sha256:02', 'sha256:01'], idOf: 'manifest' as const },
    /other layers/,
  ],
])('%s', (_name, image, says) => {
  const fault = loadedFault(built, image);
  if (says === null) expect(fault).toBeNull();
  else expect(fault).toMatch(says);
});
