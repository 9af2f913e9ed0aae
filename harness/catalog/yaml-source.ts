import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, visit } from 'yaml';
import type { Alias, Document, Node, Pair } from 'yaml';
import { findAliases } from '../yaml/aliases.ts';
import { composeYaml } from '../yaml/compose.ts';
import { catalogInvalid, printable, quoted } from './complaints.ts';
import type { Complaint } from './complaints.ts';
import type { CatalogPlace } from './types.ts';

/** A YAML file as plain values that still know where they were written. */
export interface YamlSource {
  value: unknown;
  /** Where the value at a path is written; of the nearest that exists where there is none. */
  placeOf: (path: readonly PropertyKey[]) => CatalogPlace;
  /** Where the key at the end of a path is written. */
  placeOfKey: (path: readonly PropertyKey[]) => CatalogPlace;
}

/** Bytes that a YAML file read here may have. */
export const MAX_YAML_BYTES = 1024 * 1024;
const MAX_DEPTH = 64;
const MAX_ALIASES = 1000;
/** Nodes after every alias is replaced by what it stands for; a catalog of 1000 subjects has about 50,000. */
const MAX_NODES = 200_000;

/**
 * Parses one YAML 1.2 document, with aliases but without merge keys.
 * @param file named in complaints
 * @throws TwinproofError `catalog-invalid` for syntax errors, keys given twice, unknown tags, aliases that expand to
 * too much, and nesting that is too deep
 */
export function parseYaml(bytes: Uint8Array, file: string): YamlSource {
  const [first, second] = parse(bytes, file, MAX_YAML_BYTES);
  if (first === undefined)
    throw catalogInvalid([{ place: { file, line: 1, column: 1 }, text: 'the file is empty' }]);
  if (second !== undefined) {
    const text = 'a second document begins here; a file holds one';
    throw catalogInvalid([{ place: second.start, text }]);
  }
  return sourceOf(first);
}

/** The same for a file that may hold any number of documents. @param limit bytes that the file may have */
export function parseYamlDocuments(bytes: Uint8Array, file: string, limit: number): YamlSource[] {
  return parse(bytes, file, limit).map(sourceOf);
}

interface Parsed {
  document: Document.Parsed;
  start: CatalogPlace;
  place: (offset: number) => CatalogPlace;
}

function parse(bytes: Uint8Array, file: string, limit: number): Parsed[] {
  const fail = (text: string): never => {
    throw catalogInvalid([{ place: { file, line: 1, column: 1 }, text }]);
  };
  if (bytes.length > limit)
    fail(`the file has ${bytes.length} bytes, more than the ${limit} that are read; split it`);
  const text = decode(bytes) ?? fail('the file is not UTF-8; save it as UTF-8');
  const composed = composeYaml(text, { depth: MAX_DEPTH });
  if (composed === 'deep')
    return fail(`it is nested more than ${MAX_DEPTH} levels deep; a catalog needs few`);
  if (composed === 'structure') return fail('it has too much structure; split it');
  const place = (offset: number): CatalogPlace => {
    const { line, col } = composed.lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  return composed.documents.map((document) => ({ document, start: place(document.range[0]), place }));
}

function sourceOf({ document, start, place }: Parsed): YamlSource {
  const faults = [...document.errors, ...document.warnings];
  const complaints = faults.map(({ pos, message }): Complaint => ({
    place: place(pos[0]),
    text: printable(message),
  }));
  const anchors = examine(document, (node, text) => complaints.push({ place: place(offsetOf(node)), text }));
  if (complaints.length > 0) throw catalogInvalid(complaints);
  if (expandedSize(document.contents, anchors) > MAX_NODES)
    throw catalogInvalid([{ place: start, text: 'its aliases expand to too much; write fewer' }]);
  const value: unknown = document.toJS({ maxAliasCount: -1 });
  return {
    value,
    placeOf: (path) => place(offsetOf(find(document, anchors, path).node)),
    placeOfKey: (path) => place(offsetOf(find(document, anchors, path).key)),
  };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

type Anchors = Map<Alias, Node>;
type Entry = Node | Pair | null;

/** What every alias stands for; complains of keys given twice, of aliases without anchor and of too many of them. */
function examine(document: Document.Parsed, complain: (node: Entry, text: string) => void): Anchors {
  const { targets, lost } = findAliases(document);
  for (const alias of lost) complain(alias, `the alias ${quoted(alias.source)} has no anchor before it`);
  const beyond = [...targets.keys(), ...lost][MAX_ALIASES];
  if (beyond !== undefined)
    complain(beyond, `there are more than ${MAX_ALIASES} aliases; write the values out`);
  visit(document, {
    Map(_, node) {
      const seen = new Set<string>();
      for (const { key } of node.items) {
        if (!isScalar(key)) {
          complain(isKeyNode(key) ? key : node, 'a key must be plain text');
          continue;
        }
        const name = String(key.value);
        if (seen.has(name)) complain(key, `the key ${quoted(name)} is given twice; remove one`);
        seen.add(name);
      }
    },
  });
  return targets;
}

function isKeyNode(key: unknown): key is Node {
  return isAlias(key) || isCollection(key);
}

/** Nodes that a walk through the values meets; infinite where an alias contains itself. */
function expandedSize(root: Entry, anchors: Anchors): number {
  const sizes = new Map<Entry, number>();
  const size = (entry: Entry): number => {
    const known = sizes.get(entry);
    if (known !== undefined) return known;
    sizes.set(entry, Infinity);
    let sum = 1;
    if (isAlias(entry)) sum += size(anchors.get(entry) ?? null);
    else if (isPair(entry)) sum += size(entry.value as Entry);
    else if (isCollection(entry)) for (const item of entry.items) sum += size(item as Entry);
    sizes.set(entry, sum);
    return sum;
  };
  return size(root);
}

function offsetOf(entry: Entry): number {
  if (entry === null) return 0;
  if (isPair(entry)) return offsetOf(entry.key as Entry);
  return entry.range?.[0] ?? 0;
}

function find(
  document: Document.Parsed,
  anchors: Anchors,
  path: readonly PropertyKey[],
): { node: Entry; key: Entry } {
  let found: { node: Entry; key: Entry } = { node: document.contents, key: document.contents };
  for (const step of path) {
    const parent = isAlias(found.node) ? (anchors.get(found.node) ?? null) : found.node;
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return found;
      found = { node: (pair.value as Entry) ?? (pair.key as Entry), key: pair.key as Entry };
    } else if (isSeq(parent) && typeof step === 'number') {
      const item = parent.items[step] as Entry | undefined;
      if (item === undefined) return found;
      found = { node: item, key: item };
    } else {
      return found;
    }
  }
  return found;
}
