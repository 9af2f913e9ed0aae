import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { runJsonSchema } from './events.ts';
import { summaryJsonSchema } from './summary.ts';

// When the schema changed on purpose: npx vitest run --project unit harness/record/json-schema.test.ts --update
test('run.schema.json is what the schema says', async () => {
  await expect(runJsonSchema()).toMatchFileSnapshot('run.schema.json');
});

test('summary.schema.json is what the schema says', async () => {
  await expect(summaryJsonSchema()).toMatchFileSnapshot('summary.schema.json');
});

test('an independent validator accepts a note and refuses an unknown key in it', () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(runJsonSchema()) as object,
  );
  const note = { type: 'note', level: 'info', text: 'x' };
  expect(validate(note)).toBe(true);
  expect(validate({ ...note, more: 1 })).toBe(false);
  expect(validate({ ...note, level: 'loud' })).toBe(false);
});
