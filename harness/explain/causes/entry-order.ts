import type { PointerDiff } from '../../compare/types.ts';
import type { CauseDefinition } from '../cause.ts';
import { TAR_INPUT, TAR_SORT } from '../fixes/archives.ts';
import { claimOf, exactIfAll } from '../claim.ts';
import { memberOrder, orderSites } from '../order.ts';
import { pointerClaim } from '../pointer.ts';
import type { Attribution, ComparedDocument, DifferenceSite } from '../types.ts';

const FIXES: readonly [RegExp, string][] = [
  [/^tar/, 'tar --sort=name …'],
  [/^(?:zip|jar)/, 'find . -type f | LC_ALL=C sort | zip -X -@ …'],
  [/^cpio/, 'find . | LC_ALL=C sort | cpio --reproducible -o -H newc'],
  [/^ar/, 'pass the members in sorted order: ar rcD lib.a $(printf "%s\\n" *.o | LC_ALL=C sort)'],
];
const FIX = 'sort what a folder lists before using it: find … | LC_ALL=C sort, sorted(os.listdir(…))';

const fixFor = ({ format }: DifferenceSite): string =>
  FIXES.find(([known]) => known.test(format))?.[1] ?? FIX;

const LAYERS_FIX = 'add the layers in a fixed order: in the order of the Containerfile, or sorted by name';

/** Layers that both images have, in another order. */
function layerOrder(diff: PointerDiff, { document, movedLayers }: ComparedDocument): Attribution | null {
  const place = /^\/rootfs\/diff_ids\/(\d+)$/.exec(diff.pointer)?.[1];
  if (document !== 'config' || place === undefined) return null;
  const moved = movedLayers.find(({ a }) => a === Number(place));
  if (moved === undefined) return null;
  const why = `the layer is in both images, number ${moved.a + 1} in A and ${moved.b + 1} in B`;
  return pointerClaim(diff, 'exact', { why, fix: LAYERS_FIX });
}

/** Order of entries in a layer, of members in an archive, or of names that a folder listed. */
export const entryOrder: CauseDefinition = {
  id: 'entry-order',
  covers: 'order of entries in a layer or nested archive (readdir order), or of whole layers',
  fix: FIX,
  provenBy: ['locale', 'directory-order'],
  standsFor: ['directory-order'],
  rewrites: [TAR_INPUT, TAR_SORT],
  explainDocument: layerOrder,
  explain(seen, context) {
    const { sites } = seen;
    const layer = sites.filter(({ kind, name }) => kind === 'attribute' && name === 'order');
    const members = [...layer, ...memberOrder(sites)];
    // The symbol table of a library lists its members in their order.
    const tables = sites.filter(
      ({ kind, part, format }) => kind === 'bytes' && format !== 'elf' && /^\/(?:SYM64\/)?$/.test(part),
    );
    const [first] = members;
    if (first !== undefined) {
      const why = 'the same members in another order';
      const fix = layer.length > 0 ? 'pack with sorted names: tar --sort=name' : fixFor(first);
      const all = [...members, ...tables];
      const claim = claimOf(members, exactIfAll(all, sites), { why, fix });
      return claim === null ? null : { ...claim, sites: all };
    }
    const { first: likely, second } = orderSites(seen, context, 'entry-order');
    const why = 'the same names, in the order in which a folder lists them';
    const claim = claimOf(likely.length > 0 ? likely : second, 'likely', { why, fix: FIX });
    return claim;
  },
};
