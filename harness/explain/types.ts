import type { Environment } from '../rebuild/environment/types.ts';
import type { EntryDiff, PointerDiff } from '../compare/types.ts';
import type { Confidence } from '../model/confidence.ts';

/** What is known of how one of the two was built. */
export interface TwinFacts {
  environment: Environment | null;
  /** When its build ran, in seconds since 1970. */
  built: { from: number; to: number } | null;
  /** Seconds by which its clock was put ahead on purpose; programs that escape that have the true time. */
  ahead: number;
}

/** Everything but the difference itself that an explainer may look at; all of it may be unknown. */
export interface Context {
  a: TwinFacts;
  b: TwinFacts;
  /** Seconds since 1970. */
  sourceDateEpoch: number | null;
  /** The instructions that made the image, as text: a Containerfile, or what the history of the image says. */
  recipe: string;
}

/** One place where the two differ. Absent values are empty. */
export interface DifferenceSite {
  /**
   * `attribute`: of the entry in the layer; `field`: of a known format; `text`: a word or date in a line; `bytes`: hex;
   * `order`: the same items in another order; `lines`: lines without a counterpart; `member`: a part that only one has.
   */
  kind: 'attribute' | 'field' | 'text' | 'bytes' | 'order' | 'lines' | 'member';
  /** What it stands in: `text`, `gzip`, `elf` …; `tar` for attributes of entries. */
  format: string;
  /** Parts of the file that lead to it: member, section, table …; empty at the top. */
  part: string;
  /** Name of an attribute or field, else empty. */
  name: string;
  /** Where, for people. */
  place: string;
  a: string;
  b: string;
  /** The whole lines around `a` and `b`, for text. */
  lineA: string;
  lineB: string;
  /** It is a digest of this content, which differs: path of the file, and the parts that lead there. */
  follows?: string;
  /** How many bytes it stands for, where what it shows are only the first of them. */
  weight?: number;
}

/** An entry with the places where it differs and the instructions that seem to have made it. */
export interface Seen {
  entry: EntryDiff;
  sites: readonly DifferenceSite[];
  recipe: string;
  /** `nginx 1.22 in A, 1.24 in B` when it belongs to a package of which the two have other versions; else empty. */
  drift: string;
}

/** What one explainer says of an entry. */
export interface Attribution {
  confidence: Confidence;
  evidence: string;
  fix: string;
  /** The sites that it explains. */
  sites: readonly DifferenceSite[];
  /** It explains all there is, however it differs: the file should not be there. */
  whole?: boolean;
}

/** The document that a pointer leads into, and what is known of the images. */
export interface ComparedDocument {
  document: 'config' | 'manifest' | 'index';
  /** Equal lists of diffIDs. */
  sameLayers: boolean;
  sameManifest: boolean;
  /** The lists of diffIDs differ in nothing but layers without entries. */
  emptyLayers: boolean;
  /** All in which the document differs, the pointer included. */
  diffs: readonly PointerDiff[];
  /** Layers with the same content at different places, counted from 0. */
  movedLayers: readonly { a: number; b: number }[];
}
