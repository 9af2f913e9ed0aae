import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorLine } from '../errors.ts';
import { discoverCatalog } from './discover.ts';
import type { Catalog, Recipe, Subject } from './types.ts';
import { TEST_CLAIMS } from '../testing/catalog/claims.ts';

const OPTIONS = {
  platforms: [{ os: 'linux', architecture: 'amd64' }],
  sourceDateEpoch: 5,
  claims: TEST_CLAIMS,
};
const FOLDER = 'images/x/hummingbird/default';

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'konflux-')));
});
afterEach(() => rm(root, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const discover = (): Promise<Catalog> => discoverCatalog(root, OPTIONS);

async function only(): Promise<{ subject: Subject; recipe: Extract<Recipe, { kind: 'containerfile' }> }> {
  const [subject] = (await discover()).subjects;
  if (subject?.recipe.kind !== 'containerfile') throw new Error('no Containerfile');
  return { subject, recipe: subject.recipe };
}

async function failure(): Promise<string> {
  return errorLine(await discover().catch((error: unknown) => error)).replaceAll(`${root}/`, '');
}

/** @param params YAML of entries of `spec.params` */
const run = (params: string, more = '', event = 'push'): string => `---
apiVersion: tekton.dev/v1
kind: PipelineRun
metadata:
  annotations:
    build.appstudio.redhat.com/commit_sha: {{revision}}
    pipelinesascode.tekton.dev/on-event: "[${event}]"
  labels:
    appstudio.openshift.io/component: x--hummingbird--default
spec:
  params:
${params}
${more}`;

const param = (name: string, value: string): string => `    - { name: ${name}, value: ${value} }\n`;
const FILE = param('dockerfile', `${FOLDER}/Containerfile`);
const COPIES = 'FROM b:1\nCOPY a /\n';

describe('the definitions of a checkout', () => {
  beforeEach(() => write({ [`${FOLDER}/Containerfile`]: COPIES, 'images/x/a': '' }));

  it('say context, arguments, privileges, history, times and epoch', async () => {
    await write({
      '.tekton/images-on-push.yaml': run(
        param('path-context', 'images/x') +
          param('dockerfile', 'hummingbird/default/Containerfile') +
          param('build-args', '[A=1, "B=x=y"]') +
          param('hermetic', '"false"') +
          param('privileged-nested', '"true"') +
          param('omit-history', 'true') +
          param('rewrite-timestamp', '"false"') +
          param('source-date-epoch', '"77"'),
      ),
    });
    const { subject, recipe } = await only();
    expect(recipe).toMatchObject({
      context: join(root, 'images/x'),
      buildArgs: { A: '1', B: 'x=y' },
      privileges: 'nested',
      history: 'omit',
      timestamps: 'keep',
    });
    expect(subject.sourceDateEpoch).toBe(77);
    expect(subject.claims.hermetic).toEqual({
      made: false,
      reason: `${join(root, '.tekton/images-on-push.yaml')}:15:32 says hermetic: false`,
    });
    expect(subject.definedIn?.[0]).toBe(join(root, '.tekton/images-on-push.yaml'));
  });

  it('are looked for in the context first, then in the checkout, and by the name of the component', async () => {
    await write({ '.tekton/a.yaml': run(FILE + param('path-context', 'images')) });
    expect((await only()).recipe.context).toBe(join(root, 'images'));
    await write({ '.tekton/a.yaml': run(param('path-context', 'images')) });
    expect((await only()).recipe.context).toBe(join(root, 'images'));
  });

  it('leave the context open where they say none', async () => {
    await write({ '.tekton/a.yaml': run(FILE) });
    expect((await only()).recipe.context).toBe(join(root, 'images/x'));
  });

  it('count as a push has them, and must agree', async () => {
    const pull = run(FILE + param('path-context', '.'), '', 'pull_request');
    const push = run(FILE + param('path-context', 'images'));
    await write({ '.tekton/a.yaml': `${pull}\n${push}` });
    expect((await only()).recipe.context).toBe(join(root, 'images'));
    await write({ '.tekton/b.yaml': run(FILE + param('path-context', 'images/x')) });
    expect(await failure()).toBe(
      `.tekton/b.yaml:2:1: catalog-invalid: it builds ${FOLDER}/Containerfile otherwise than ${join(root, '.tekton/a.yaml')}:17:1 does; leave one, or make them agree`.replace(
        `${root}/`,
        '',
      ),
    );
    await write({ '.tekton/b.yaml': push });
    expect((await only()).recipe.context).toBe(join(root, 'images'));
  });

  it('may be a pipeline that is written out, whose tasks have parameters of their own', async () => {
    const spec = `  pipelineSpec:
    params:
      - { name: nested, default: "true" }
      - { name: path-context, default: images }
    tasks:
      - name: scan
        params: [{ name: PRIVILEGED_NESTED, value: "false" }]
      - name: build
        params:
          - { name: DOCKERFILE, value: $(params.dockerfile) }
          - { name: PRIVILEGED_NESTED, value: $(params.nested) }
          - { name: OMIT_HISTORY, value: "true" }
          - { name: BUILD_ARGS, value: ["$(params.build-args[*])"] }
          - { name: SOURCE_DATE_EPOCH, value: $(tasks.clone-repository.results.commit-timestamp) }
`;
    await write({ '.tekton/a.yaml': run(FILE + param('build-args', '[A=1]'), spec) });
    const { recipe, subject } = await only();
    expect(recipe).toMatchObject({
      context: join(root, 'images'),
      privileges: 'nested',
      history: 'omit',
      buildArgs: { A: '1' },
    });
    expect(subject.sourceDateEpoch).toBe(5);
  });

  it('may be a Component alone, which a run goes before', async () => {
    const component = `---
apiVersion: appstudio.redhat.com/v1alpha1
kind: Component
metadata: { name: x--hummingbird--default }
spec:
  source: { git: { context: images, dockerfileUrl: x/hummingbird/default/Containerfile } }
`;
    await write({ 'konflux-templates/rendered.yml': component });
    expect((await only()).recipe.context).toBe(join(root, 'images'));
    await write({ '.tekton/a.yaml': run(param('path-context', 'images/x') + FILE) });
    expect((await only()).recipe.context).toBe(join(root, 'images/x'));
  });

  it('may have their arguments in a file, and their lock elsewhere', async () => {
    await write({
      '.tekton/a.yaml': run(
        FILE +
          param('build-args-file', 'args.conf') +
          param('build-args', '[A=2]') +
          param('prefetch-input', `'{"packages": [{"type": "rpm", "path": "locks"}]}'`),
      ),
      'args.conf': '# about\nA=1\nB=2\n',
      'locks/rpms.lock.yaml': '',
    });
    const { recipe, subject } = await only();
    expect(recipe.buildArgs).toEqual({ A: '2', B: '2' });
    expect(subject.lock).toEqual({ path: join(root, 'locks/rpms.lock.yaml'), kind: 'rpm' });
    expect(subject.missing).toBeUndefined();
  });

  it.each([
    ['"gomod"', 'gomod'],
    [`'[{"type": "pip"}, {"type": "npm", "path": "ui"}]'`, 'pip, npm'],
    ['{ type: generic }', 'generic'],
  ])('may ask Hermeto for more: %s', async (value, types) => {
    await write({ '.tekton/a.yaml': run(FILE + param('prefetch-input', value)) });
    expect((await only()).subject.missing).toMatchObject({
      text: `what Hermeto fetches for ${types} is not there`,
      place: { file: join(root, '.tekton/a.yaml'), line: 13 },
    });
    await write({ 'fetched/x/default/output/deps/a': '', 'fetched/x/default/cachi2.env': '' });
    const [subject] = (await discoverCatalog(root, { ...OPTIONS, prefetched: join(root, 'fetched') }))
      .subjects;
    expect(subject?.missing).toBeUndefined();
    expect(subject?.prefetch).toEqual({
      output: join(root, 'fetched/x/default/output'),
      environment: join(root, 'fetched/x/default/cachi2.env'),
    });
  });

  it.each([
    [param('privileged-nested', '"yes"'), '`privileged-nested` is "yes", but needs true or false'],
    [
      param('omit-history', '"{{ omit }}"'),
      '`omit-history` is "{{ omit }}", and omit is known only when Konflux runs it',
    ],
    [
      param('build-args', '["A=$(tasks.a.results.b)"]'),
      'and $(tasks.a.results.b) is known only when Konflux runs it',
    ],
    [param('build-args', '[A]'), 'the build argument "A" is not NAME=value'],
    [param('path-context', '../..'), `the context "../.." leads out of the catalog's folder`],
    [param('build-args-file', 'none'), 'the file of build arguments does not exist'],
    [param('source-date-epoch', 'soon'), '`source-date-epoch` is "soon", but needs seconds since 1970'],
    [param('prefetch-input', '"{"'), '`prefetch-input` needs a type'],
    [param('prefetch-input', `'{"type": "rpm"}'`), 'the lock "rpms.lock.yaml" does not exist'],
  ])('are told at their line where they cannot be used: %s', async (params, text) => {
    await write({ '.tekton/a.yaml': run(FILE + params) });
    const reported = await failure();
    expect(reported).toContain(text);
    expect(reported).toMatch(/^\.tekton\/a\.yaml:13:\d+: catalog-invalid: /);
  });

  it('are told where they are no YAML', async () => {
    await write({ '.tekton/a.yaml': 'a: [\n' });
    expect(await failure()).toMatch(/^\.tekton\/a\.yaml:2:1: catalog-invalid: /);
  });

  it('of other components do not matter', async () => {
    await write({
      '.tekton/a.yaml': run(param('dockerfile', 'Other') + param('privileged-nested', '"yes"')).replace(
        'x--hummingbird--default',
        'other',
      ),
      '.tekton/task.yaml': 'apiVersion: tekton.dev/v1\nkind: Task\n',
      '.tekton/README.md': '[',
    });
    expect((await only()).recipe.privileges).toBe('default');
  });
});

describe('a context that no definition names', () => {
  const context = async (): Promise<string> => (await only()).recipe.context.slice(root.length + 1);

  it.each([
    [
      'images/x',
      ['images/x/hummingbird/default/rpms.lock.yaml'],
      'COPY hummingbird/default/rpms.lock.yaml /',
    ],
    ['images/x/hummingbird', ['images/x/hummingbird/default/l'], 'COPY default/l /'],
    ['', ['macros/l'], 'COPY macros/l /'],
    ['images/x', ['images/x/a', 'images/x/hummingbird/b', 'b'], 'COPY a hummingbird/b /'],
    ['images/x/hummingbird/default', ['images/x/hummingbird/default/beside'], 'COPY beside /'],
    ['images/x', [], 'RUN true'],
    ['images/x', [], 'COPY --from=b:2 a /'],
    ['images/x', [], 'COPY <<EOF /x\nCOPY b /\nEOF'],
    ['images/x', ['images/x/one.txt'], 'COPY *.txt /'],
    ['', ['a/b/one.txt'], 'COPY a/**/one.txt /'],
    ['images/x', ['images/x/a', 'a', '.containerignore=a'], 'COPY a /'],
    ['images/x', ['images/x/a'], 'ARG A=a\nCOPY $A $B /'],
    ['images/x', ['images/x/a'], 'ADD https://example.org/z a /'],
    [
      'images/x',
      ['images/x/a', 'images/x/hummingbird/gone'],
      'COPY a gone nowhere also-nowhere hummingbird/gone /',
    ],
  ])('is %s with %j for %s', async (expected, files, lines) => {
    const entries = files.map((file): [string, string] => {
      const [path = '', content = ''] = file.split('=');
      return [path, content];
    });
    await write({
      [`${FOLDER}/Containerfile`]: `FROM b:1\n${lines}\n`,
      ...Object.fromEntries<string>(entries),
    });
    expect(await context()).toBe(expected);
  });

  it('is an error that names both where two hold everything', async () => {
    await write({ [`${FOLDER}/Containerfile`]: 'FROM b:1\n# x\nCOPY a /\n', 'images/x/a': '', a: '' });
    expect(await failure()).toBe(
      `${FOLDER}/Containerfile:3:1: catalog-invalid: images/x and the checkout itself both hold all that it copies, ` +
        'so that its context cannot be determined; say it by `path-context` in .tekton, or write a catalog.yaml',
    );
  });

  it('is reported once for several platforms', async () => {
    await write({ [`${FOLDER}/Containerfile`]: 'FROM b:1\nCOPY . /\n' });
    const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));
    const error: unknown = await discoverCatalog(root, { ...OPTIONS, platforms }).catch(
      (thrown: unknown) => thrown,
    );
    expect(errorLine(error).split('\n')).toHaveLength(1);
  });

  it('is one too for a copy of all', async () => {
    await write({ [`${FOLDER}/Containerfile`]: 'FROM b:1\nCOPY . /\n' });
    expect(await failure()).toContain('images/x and images/x/hummingbird both hold all that it copies');
  });
});

describe('variants', () => {
  it('are those that properties.yml and variables.yml declare, and what has a lock', async () => {
    await write({
      'images/variables.yml': 'default_variants: [default]\ndefault_distros: [hummingbird]\n',
      'images/x/properties.yml': 'additional_variants: [{ name: fips }]\nhermetic: true\n',
      'images/y/properties.yml': 'variants: [only]\n',
      'images/x/hummingbird/default/Containerfile': COPIES,
      'images/x/hummingbird/fips/Containerfile': COPIES,
      'images/x/hummingbird/locked/Containerfile': COPIES,
      'images/x/hummingbird/locked/rpms/rpms.lock.yaml': '',
      'images/x/hummingbird/scratchpad/Containerfile': COPIES,
      'images/x/tests/default/Containerfile': 'FROM b:1\nCOPY . /\n',
      'images/y/hummingbird/default/Containerfile': COPIES,
      'images/y/hummingbird/only/Containerfile': COPIES,
    });
    expect((await discover()).subjects.map(({ id }) => id.replace('@linux/amd64', ''))).toEqual([
      'x/default',
      'x/fips',
      'x/locked',
      'y/only',
    ]);
  });

  it('are all folders where nothing declares them', async () => {
    await write({ 'images/x/default/Containerfile': COPIES, 'images/x/other/Containerfile': COPIES });
    expect((await discover()).subjects).toHaveLength(2);
  });
});
