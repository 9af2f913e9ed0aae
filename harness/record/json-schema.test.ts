import { expect, test } from 'vitest';
import { summaryJsonSchema } from './summary.ts';

// When the schema changed on purpose: npx vitest run --project unit harness/record/json-schema.test.ts --update
test('summary.schema.json is what the schema says', async () => {
  await expect(summaryJsonSchema()).toMatchFileSnapshot('summary.schema.json');
});
