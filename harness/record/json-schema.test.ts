import { expect, test } from 'vitest';
import { preparedJsonSchema, twinJsonSchema } from './job.ts';
import { summaryJsonSchema } from './summary.ts';

// When a schema changed on purpose: npx vitest run --project unit harness/record/json-schema.test.ts --update
test.each([
  ['summary.schema.json', summaryJsonSchema],
  ['prepared.schema.json', preparedJsonSchema],
  ['twin.schema.json', twinJsonSchema],
])('%s is what the schema says', async (file, schema) => {
  await expect(schema()).toMatchFileSnapshot(file);
});
