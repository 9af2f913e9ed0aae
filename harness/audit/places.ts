import type { Lock } from '../lock/types.ts';
import { openRepository } from '../oci/repository/open.ts';
import type { Repository } from '../oci/repository/types.ts';
import type { RegistryOptions } from '../oci/registry/types.ts';
import type { OciImage } from '../oci/types.ts';
import type { Chosen } from './choose.ts';
import type { ImageSupply } from './rebuild/acquire.ts';
import { fromRegistry } from './rebuild/from-registry.ts';
import { openPublished } from './rebuild/open-published.ts';
import type { Wanted } from './source/clone.ts';
import { findSource, isOfPrivateRegistry } from './source/find-source.ts';
import type { SourceFound } from './source/types.ts';

/** Where everything comes from that an audit looks at: registries and repositories, or a replay bundle. */
export interface Places {
  /** The image and what is kept beside it. */
  repository: () => Promise<Repository>;
  /** @param wanted null where nothing may be asked for it; @param scratch a folder of this source alone */
  source: (wanted: Wanted | null, scratch: string) => Promise<SourceFound>;
  /** Images that a rebuild starts from. */
  images: ImageSupply;
  /** The published image of one platform. */
  published: (one: Chosen) => Promise<OciImage>;
  /** Folder with all packages of locks; null where they are fetched. */
  carried: () => Promise<string | null>;
  /** Told what a lock named and where it lies. */
  onLocked: (lock: Lock, architecture: string, cached: ReadonlyMap<string, string>) => Promise<void>;
}

interface Given {
  registry?: RegistryOptions | undefined;
  source?: string | undefined;
  clone?: boolean;
}

/** Registries and repositories as they are now. */
export function placesNow(
  reference: string,
  { registry, source: given, clone: mayClone = true }: Given,
): Places {
  return {
    repository: () => openRepository(reference, registry),
    source: (wanted, scratch) => findSource(wanted, { given, mayClone, reference, scratch }),
    images: {
      open: async (name, platform) => {
        const privateAllowed = await isOfPrivateRegistry(reference);
        return fromRegistry(registry, { privateAllowed }).open(name, platform);
      },
    },
    published: (one) => openPublished(reference, one, registry),
    carried: () => Promise.resolve(null),
    onLocked: () => Promise.resolve(),
  };
}
