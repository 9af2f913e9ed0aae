import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isFile } from '../layout.ts';
import { readBounded } from '../read-bounded.ts';
import { type YamlSource, parseYamlDocuments } from '../yaml-source.ts';

/** Bytes; the definitions of 300 components have about half a megabyte. */
const MAX_BYTES = 4 * 1024 ** 2;

/** Pipelines as Code puts values in where these are before it reads YAML: `value: {{revision}}` would be a map. */
const PLACEHOLDER = '\uE000';

/** A file of a checkout that defines how Konflux builds, and its documents. */
export interface DefinitionFile {
  /** Absolute. */
  path: string;
  documents: YamlSource[];
}

/**
 * Reads `.tekton/*.yaml` (PipelineRuns) and `konflux-templates/rendered.yml` (Components).
 * @param shown the checkout as the user named it, for complaints
 * @throws TwinproofError `catalog-invalid` for a file that is no YAML, as Pipelines as Code would refuse it
 */
export async function readDefinitionFiles(root: string, shown: string): Promise<DefinitionFile[]> {
  const names = await readdir(join(root, '.tekton')).catch(() => []);
  const files = [
    ...names
      .filter((name) => /\.ya?ml$/.test(name))
      .toSorted()
      .map((name) => join('.tekton', name)),
    join('konflux-templates', 'rendered.yml'),
  ];
  const found: DefinitionFile[] = [];
  for (const file of files) {
    const path = join(root, file);
    if (!(await isFile(path))) continue;
    const bytes = await readBounded(path, MAX_BYTES);
    found.push({ path, documents: parseYamlDocuments(withoutBraces(bytes), join(shown, file), MAX_BYTES) });
  }
  return found;
}

/** Every place stays where it is. */
function withoutBraces(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  if (!text.includes('{{')) return bytes;
  const utf8 = new TextDecoder().decode(bytes);
  const marked = utf8.replaceAll(
    /\{\{\s*([\w.-]+)\s*\}\}/g,
    (written) => PLACEHOLDER.repeat(2) + written.slice(2, -2) + PLACEHOLDER.repeat(2),
  );
  return new TextEncoder().encode(marked);
}

/** A value with the placeholders as they were written. */
export const asWritten = (text: string): string =>
  text.replaceAll(new RegExp(`${PLACEHOLDER}{2}(.*?)${PLACEHOLDER}{2}`, 'gs'), '{{$1}}');

/** Names of the placeholders in a value. */
export const placeholdersIn = (text: string): string[] =>
  [...text.matchAll(new RegExp(`${PLACEHOLDER}{2}\\s*(.*?)\\s*${PLACEHOLDER}{2}`, 'gs'))].map(
    ([, name = '']) => name,
  );

/** Puts one value in for every placeholder of a name. */
export const fillPlaceholder = (text: string, name: string, value: string): string =>
  text.replaceAll(new RegExp(`${PLACEHOLDER}{2}\\s*${name}\\s*${PLACEHOLDER}{2}`, 'g'), () => value);
