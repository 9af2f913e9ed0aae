import type { PointerDiff } from '../compare/types.ts';
import type { Variation } from '../model/variations.ts';
import type { Rewrite } from './fixes/rewrite.ts';
import type { Attribution, Context, ComparedDocument, Seen } from './types.ts';

/** All that is known of one cause: how it is reported, what proves and refutes it, and how a recipe is rid of it. */
export interface CauseDefinition {
  readonly id: string;
  /** What it stands for, in Markdown; docs/causes.md has it. */
  readonly covers: string;
  /** What to do about it, where the difference itself tells no more. */
  readonly fix: string;
  /** Tells it of an entry of a layer. Pure; never throws, whatever it is given. */
  readonly explain?: (seen: Seen, context: Context) => Attribution | null;
  /** Tells it of a difference in a document of the image: config, manifest or index. Pure, and never throws. */
  readonly explainDocument?: (diff: PointerDiff, document: ComparedDocument) => Attribution | null;
  /** Variations that can make it differ: builds that differ in nothing else prove it. */
  readonly provenBy?: readonly Variation[];
  /** Those of them that are put down to it where the difference itself tells no cause. */
  readonly standsFor?: readonly Variation[];
  /** Equal builds with nothing varied refute it: it would have made them differ, too. */
  readonly refutedBy?: 'equal-builds';
  /** What `explain --check-fixes` does to a recipe, in this order. */
  readonly rewrites?: readonly Rewrite[];
}
