import type { TwinBuild } from '../rebuild/types.ts';
import type { Subject } from '../catalog/types.ts';
import { buildContext } from '../claims/build-context.ts';
import { contextOfImages } from '../explain/context.ts';
import type { Context } from '../explain/types.ts';
import type { OciImage } from '../oci/types.ts';

/** What images were built by, as long as somebody looks at them: it says in what the builds differed on purpose. */
const builds = new WeakMap<OciImage, { subject: Subject; build: TwinBuild }>();

export const builtBy = (image: OciImage, subject: Subject, build: TwinBuild): void =>
  void builds.set(image, { subject, build });

/** What explains the difference of two images: their builds where both are of one subject, else the first one's history. */
export async function contextOf(a: OciImage, b: OciImage): Promise<Context> {
  const [one, other] = [builds.get(a), builds.get(b)];
  if (one === undefined || one.subject.id !== other?.subject.id) return contextOfImages(a);
  return buildContext(one.subject, [one.build, other.build]);
}
