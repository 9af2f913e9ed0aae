type Detail = Readonly<Record<string, unknown>>;

/**
 * A list in the details of a result, each entry as the gate names it; null where the result has no such list, or has cut it off.
 * @param most entries that a result lists
 */
export const listedIn =
  (key: string, most: number, name: (entry: Record<string, unknown>) => string | null) =>
  (detail: Detail): readonly string[] | null => {
    const list = detail[key];
    if (!Array.isArray(list) || list.length >= most) return null;
    return list.flatMap((entry: unknown) => {
      const found =
        typeof entry === 'string'
          ? entry
          : typeof entry === 'object' && entry !== null
            ? name(entry as Record<string, unknown>)
            : null;
      return found ?? [];
    });
  };
