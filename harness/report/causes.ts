import type { CellResult } from '../record/events.ts';

/** Why a cell fails, as its claim recorded it. */
export interface ToldCause {
  /** An id of the catalogue of causes. */
  id: string;
  confidence: string;
  evidence: string;
  /** A line to paste; empty when none is known. */
  fix: string;
  /** Some of the paths it explains. */
  paths: string[];
  /** How many paths it explains. */
  count: number;
  /** Line of the Containerfile that is to blame, counted from 1; null when it is not known. */
  line: number | null;
}

const UNTOLD: ToldCause = {
  id: '',
  confidence: '',
  evidence: '',
  fix: '',
  paths: [],
  count: 0,
  line: null,
};

export type Json = CellResult['detail'][string];
type JsonObject = Record<string, Json>;

export const asObject = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
export const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
export const asText = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const asCount = (value: Json | undefined): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;

/**
 * The causes that a claim put into the detail of its cell: `causes`, how many differences each id explains, or a list of
 * `{ id, confidence, evidence, fix, paths, count, line }`. The shape of a detail belongs to its claim and the log may
 * come from anywhere, so that nothing but the id is taken for granted.
 */
export function causesOf({ detail }: Pick<CellResult, 'detail'>): ToldCause[] {
  if (!Array.isArray(detail.causes)) {
    return Object.entries(asObject(detail.causes))
      .map(([id, count]) => ({ ...UNTOLD, id, count: asCount(count) ?? 0 }))
      .sort((a, b) => b.count - a.count);
  }
  return asList(detail.causes).flatMap((value) => {
    const cause = asObject(value);
    const id = asText(cause.id);
    if (id === '') return [];
    const paths = asList(cause.paths).map(asText).slice(0, 50);
    return {
      id,
      confidence: asText(cause.confidence),
      evidence: asText(cause.evidence),
      fix: asText(cause.fix),
      paths,
      count: asCount(cause.count) ?? paths.length,
      line: asCount(cause.line),
    };
  });
}

/** ` (likely)`; nothing where no cause is known, of which one cannot be more or less sure. */
export const surenessText = ({ id, confidence }: Pick<ToldCause, 'id' | 'confidence'>): string =>
  id === 'unknown' || confidence === '' ? '' : ` (${confidence})`;
