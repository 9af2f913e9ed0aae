import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorObject, Ajv2020 } from 'ajv/dist/2020.js';

const harness = join(import.meta.dirname, '..');

/** Files of all published schemas, below `harness/`. */
export const schemaFiles = (): string[] => globSync('**/*.schema.json', { cwd: harness }).toSorted();

export const readSchema = (file: string): { $id?: string; title?: string } =>
  JSON.parse(readFileSync(join(harness, file), 'utf8')) as { $id?: string; title?: string };

/**
 * What is wrong with a document by the published schema of the format that it names.
 * @returns null when nothing is
 */
export function schemaFaults(document: unknown): ErrorObject[] | string | null {
  const { schema = '' } = document as { schema?: string };
  const [, name, version] = /^twinproof\/([a-z-]+)\/(v\d+)$/.exec(schema) ?? [];
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const file of schemaFiles()) ajv.addSchema(readSchema(file));
  const validate = ajv.getSchema(`https://twinproof.dev/schemas/${name ?? ''}-${version ?? ''}.json`);
  if (validate === undefined) return `there is no schema of ${schema}`;
  return validate(document) === true ? null : (validate.errors ?? []);
}
