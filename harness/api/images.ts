/// <reference types="node" preserve="true" />
/**
 * `import … from 'twinproof'`: two images, how they differ, and why.
 *
 * @module twinproof
 */
import { compareImages } from '../compare/compare.ts';
import type { CompareOptions, DiffResult } from '../compare/types.ts';
import { TwinproofError, errorLine } from '../errors.ts';
import { contextOfImages } from '../explain/context.ts';
import { explainDiff as explained } from '../explain/explain.ts';
import { type CauseGroup, type Explanation, explanationOf } from '../explain/group.ts';
import { type Platform, parsePlatform } from '../model/platform.ts';
import { type OpenOptions, openImage } from '../oci/open.ts';
import type { OciImage } from '../oci/types.ts';
import { explainMarkdown } from '../report/explain-markdown.ts';
import { explainText } from '../report/explain-text.ts';
import { HARNESS_VERSION } from '../version.ts';

export { TwinproofError, compareImages, errorLine, openImage, parsePlatform };
export type { CauseGroup, CompareOptions, DiffResult, Explanation, OciImage, OpenOptions, Platform };

/** Version of this package, Semantic Versioning 2.0.0. */
export const VERSION: string = HARNESS_VERSION;

/**
 * Says why two images differ: differences are grouped by cause, the largest group first, each with what to do about it.
 * Reads nothing more of the images.
 * @param result what `compareImages` returned
 * @param a the first of the two images; its history tells which instruction made what
 * @returns a document of the format `twinproof/explain/v1` (docs/explain.md)
 */
export const explainDiff = (result: DiffResult, a: OciImage): Explanation =>
  explanationOf(explained(result, contextOfImages(a)));

/** An explanation as plain text without colours, as `twinproof explain` prints it. Control characters are escaped. */
export const explanationText = (explanation: Explanation): string =>
  explainText(explanation, { colour: false });

/** The same as Markdown, as `twinproof explain --format markdown` prints it; what images hold cannot break out of it. */
export const explanationMarkdown = (explanation: Explanation): string => explainMarkdown(explanation);
export type {
  AttestationDiff,
  Cause,
  EntryDiff,
  Instruction,
  PointerDiff,
  Side,
  WrongMediaType,
} from '../compare/types.ts';
export type { CellErrorCode, CommandErrorCode, ErrorDetails, ErrorCode } from '../errors.ts';
export type { MadeBy } from '../explain/made-by.ts';
export type { Confidence } from '../model/confidence.ts';
export type { Rung } from '../model/rungs.ts';
export type { RegistryOptions } from '../oci/registry/types.ts';
export type { Artifact, BlobPlace, Descriptor, Document, Json, JsonObject, OciLayer } from '../oci/types.ts';
export type { Followed, HexWindow, InsideDiff, InsideField, InsideLimit } from '../inside/types.ts';
export type { Patience } from '../net/patience.ts';
export type { PackageFormat, PackageOwner } from '../packages/types.ts';
