import type { z } from 'zod';

/** A JSON Schema document as it is published: its address has the number of the version that it describes. */
export function publishedSchema(name: string, title: string, schema: z.core.JSONSchema.BaseSchema): string {
  const { $schema, ...rest } = schema;
  const document = { $schema, $id: `https://twinproof.dev/schemas/${name}.json`, title, ...rest };
  return `${JSON.stringify(document, null, 2)}\n`;
}
