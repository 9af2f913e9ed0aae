import type { z } from 'zod';

export const schemaAddress = (name: string): string => `https://twinproof.dev/schemas/${name}.json`;

/** A JSON Schema document as it is published: its address has the number of the version that it describes. */
export function publishedSchema(name: string, title: string, schema: z.core.JSONSchema.BaseSchema): string {
  const { $schema, ...rest } = schema;
  const document = { $schema, $id: schemaAddress(name), title, ...rest };
  return `${JSON.stringify(document, null, 2)}\n`;
}
