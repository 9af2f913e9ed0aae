import type { Json, OciImage } from '../oci/types.ts';
import type { Instruction } from './types.ts';

const MAX_TEXT = 500;

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Which entry of the config's history made each layer (OCI image-spec config.md, "history"): those that are not marked
 * `empty_layer`, in order.
 * @returns one a layer; all null when there are not as many as layers, because then nothing can be determined
 */
export function instructions(image: OciImage): (Instruction | null)[] {
  const { history } = image.config.json;
  const entries = Array.isArray(history) ? history : [];
  const made = entries.flatMap((entry, number): Instruction[] => {
    if (isObject(entry) && entry.empty_layer === true) return [];
    const text = isObject(entry) && typeof entry.created_by === 'string' ? entry.created_by : '';
    return [{ history: number, createdBy: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text }];
  });
  return image.layers.map((_, number) =>
    made.length === image.layers.length ? (made[number] ?? null) : null,
  );
}
