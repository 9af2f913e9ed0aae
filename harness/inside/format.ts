import type { HexWindow, InsideDiff, InsideField, InsideLimit } from './types.ts';

/** What a format found; nothing at all means that it cannot name the difference. */
export interface FormatResult {
  fields?: InsideField[];
  children?: InsideDiff[];
  diff?: string;
  windows?: HexWindow[];
  differing?: number;
  limits?: InsideLimit[];
  more?: number;
}

/** The way down: how a format compares its parts. */
export interface Walk {
  /** Compares a part that both have; null when it is equal. */
  part(name: string, a: Buffer, b: Buffer): Promise<InsideDiff | null>;
  /** A part that is only in one of both, or one whose own fields differ; null when there is no room for it. */
  node(
    format: string,
    part: string,
    found: FormatResult & { change?: InsideDiff['change'] },
  ): InsideDiff | null;
  /** Makes the digests of a stretch known that others keep: what quotes them follows from it. */
  digest(name: string, a: Buffer, b: Buffer): void;
  /** @throws OverLimit when there is not that much work left */
  spend(work: number): void;
}

/** One file format. `compare` may throw whatever it likes on broken input: then the next format is asked. */
export interface Format {
  name: string;
  /** By magic bytes; cheap. */
  detects(bytes: Buffer): boolean;
  compare(a: Buffer, b: Buffer, walk: Walk): FormatResult | Promise<FormatResult>;
}

/** The bytes are not what their magic promises. */
export class FormatFault extends Error {}

/** A limit is reached; the node says so and is shown as bytes. */
export class OverLimit extends Error {
  readonly limit: InsideLimit;

  constructor(limit: InsideLimit) {
    super(limit);
    this.limit = limit;
  }
}
