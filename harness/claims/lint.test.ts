import { expect, test } from 'vitest';
import { openImage } from '../oci/open.ts';
import type { TwinBuild } from '../rebuild/types.ts';
import { scratch, writeLayout } from '../testing/oci/image.ts';
import { tar } from '../testing/oci/tar/tar.ts';
import { lint } from './lint.ts';
import type { ClaimContext } from './types.ts';

const context = (more: Partial<ClaimContext>): ClaimContext =>
  ({ buildEvidence: [], options: {}, ...more }) as Partial<ClaimContext> as ClaimContext;

test('an image without bootc has nothing that could lint it', async () => {
  await using folder = await scratch();
  const layers = [tar([{ name: 'usr/share/bootc', content: 'no program' }])];
  const image = await openImage(await writeLayout(folder.path, { layers }));
  const builds = [{ twin: 'A', outcome: { built: true } } as unknown as TwinBuild];
  const found = lint.check(context({ builds, image: () => Promise.resolve(image) }));
  await expect(found).rejects.toMatchObject({ code: 'unsupported', message: 'the image has no bootc' });
});

test('an image that was not built is not linted', async () => {
  const error = { code: 'build-failed', message: 'no such file' } as const;
  const builds = [{ twin: 'A', outcome: { built: false, error } } as unknown as TwinBuild];
  expect(await lint.check(context({ builds }))).toMatchObject({ verdict: 'error', error });
});
