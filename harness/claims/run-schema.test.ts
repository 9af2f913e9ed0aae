import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { runJsonSchema } from '../record/events.ts';
import { CLAIMS } from './registry.ts';

// When the schema changed on purpose: npx vitest run --project unit harness/claims/run-schema.test.ts --update
test('run.schema.json is what the schema says', async () => {
  await expect(runJsonSchema(CLAIMS)).toMatchFileSnapshot('../record/run.schema.json');
});

test('an independent validator accepts a note and refuses an unknown key in it', () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(runJsonSchema(CLAIMS)) as object,
  );
  const note = { type: 'note', level: 'info', text: 'x' };
  expect(validate(note)).toBe(true);
  expect(validate({ ...note, more: 1 })).toBe(false);
  expect(validate({ ...note, level: 'loud' })).toBe(false);
});
