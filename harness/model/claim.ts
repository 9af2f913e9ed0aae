import type { z } from 'zod';

/** What a subject must say in the catalog so that a claim about it can be checked. */
export type Need = 'lock' | 'smoke';

/** What is said of a claim whose subject lacks what it needs. */
export const LACKING: Record<Need, string> = {
  lock: 'the catalog names no lock for it',
  smoke: 'the catalog says nothing to ask it',
};

/** What people and the gate must know of one option. */
export interface OptionNotes {
  /** A value, as the documentation shows it. */
  readonly example: string;
  /** In Markdown; docs/claims.md has it. */
  readonly meaning: string;
  /** Help of the flag that `boot` has for it; it has none without. */
  readonly flag?: string;
  /** It names something below the catalog's folder, which the catalog resolves and which is part of the cell's key. */
  readonly path?: 'file' | 'folder';
  /**
   * Values with the one that asks most first, and what counts where the catalog gives none. Without it, a gate takes every
   * change for one that may ask less.
   */
  readonly strictness?: { readonly order: readonly string[]; readonly absent: string };
}

/** What a catalog may ask of a claim beyond its name. */
export interface ClaimOptions {
  readonly schema: z.ZodObject;
  /** Of each key of the schema. */
  readonly notes: Readonly<Record<string, OptionNotes>>;
}

/** All that is to be known of a claim before it is checked. What checks it is in `claims/`. */
export interface ClaimDeclaration {
  readonly id: string;
  /** What it says of a subject, for people. */
  readonly statement: string;
  /** When it passes, in Markdown; docs/claims.md and docs/boot-claims.md have it. */
  readonly passes: string;
  /** When it fails, where that is more than the contrary. */
  readonly fails?: string;
  /** Made for every subject that has what it needs, where a catalog says nothing of claims. */
  readonly standard?: true;
  readonly needs?: Need;
  readonly options?: ClaimOptions;
  /** A failure of it is a list of paths, each with one of these causes; an exemption names a path or a cause. */
  readonly itemised?: { readonly causes: readonly string[] };
  /**
   * What a result lists one by one in its details, so that the gate sees what is new in one that failed before, or that holds all
   * the same; null where the list is cut off.
   */
  readonly findings?: (detail: Readonly<Record<string, unknown>>) => readonly string[] | null;
  /** It takes so long that it must be asked for by name. */
  readonly long?: true;
  /** Of a claim about an operating system that runs: what its machine is put through. */
  readonly scenario?: string;
  /** A claim of the user's own: the digest of the suite that checks it, with all modules that it imports. */
  readonly suite?: string;
}

/** The part of a claim's options that a request gives. @throws ZodError for what the catalog's schema does not let in */
export function givenOptions<Schema extends z.ZodObject>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
): Partial<z.output<Schema>> {
  return schema.partial().parse(given) as Partial<z.output<Schema>>;
}
