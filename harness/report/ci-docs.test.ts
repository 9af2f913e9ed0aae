import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { sharedFile } from './test-input.ts';

const docs = async (name: string): Promise<unknown> =>
  parse(await readFile(new URL(`../../docs/ci/${name}`, import.meta.url), 'utf8'));

const crd = sharedFile('tekton/300-task.yaml');
test.skipIf(crd === null)('the Tekton task fits its CRD (skipped where ../shared/data is not)', async () => {
  const { spec } = parse(await readFile(crd ?? '', 'utf8')) as {
    spec: { versions: { name: string; schema: { openAPIV3Schema: object } }[] };
  };
  const schema = spec.versions.find(({ name }) => name === 'v1')?.schema.openAPIV3Schema ?? {};
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  const task = (await docs('tekton-task.yaml')) as { spec: object };
  validate(task);
  expect(validate.errors).toBeNull();
  expect(validate({ ...task, spec: { ...task.spec, steps: 'none' } })).toBe(false);
});

test.each(['github.yaml', 'gitlab.yaml'])(
  '%s is YAML, and every command in it is one of ours',
  async (name) => {
    const text = JSON.stringify(await docs(name));
    const commands = [...text.matchAll(/npx twinproof ([a-z-]+)/g)].map(([, command]) => command);
    expect(commands).toEqual(expect.arrayContaining(['verify', 'report']));
  },
);
