interface Crd {
  spec: { versions: { name: string; schema: { openAPIV3Schema: object } }[] };
}

/** A cluster drops fields that it does not know without a word; here they are errors. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, strict(value)] as const);
  const open = 'x-kubernetes-preserve-unknown-fields' in schema || 'additionalProperties' in schema;
  const closed = 'properties' in schema && !open ? { additionalProperties: false } : {};
  return { ...Object.fromEntries(entries), ...closed };
}

/** JSON Schema of one version of a CRD, strict. */
export function schemaOfCrd(crd: unknown, version: string): object {
  const found = (crd as Crd).spec.versions.find(({ name }) => name === version)?.schema.openAPIV3Schema;
  const schema = strict(found) as { properties: object };
  // The API server knows what is in a resource's metadata.
  schema.properties = { ...schema.properties, metadata: { type: 'object' } };
  return schema;
}
