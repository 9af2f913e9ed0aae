// Imports point one way: cli -> api -> run -> suites -> report/claims -> rebuild/boot/explain/compare -> catalog/lock/fetch/packages -> oci/record -> engine -> model.
// A folder may import from folders of a lower rank and from itself, `model` from itself only.
const ranks = [
  ['errors.ts', 'model'],
  ['docs', 'engine', 'net', 'yaml'],
  ['oci', 'record', 'kubernetes'],
  ['containerfile', 'lock', 'catalog', 'packages'],
  ['inside'],
  ['fetch', 'compare'],
  ['rebuild', 'plan', 'boot', 'explain', 'contents'],
  ['claims', 'report', 'gate', 'attest', 'emit'],
  ['suites', 'init'],
  ['run'],
  ['audit'],
  ['api'],
  ['cli'],
];
const folder = (name) => (name.endsWith('.ts') ? `^harness/${name}$` : `^harness/${name}/`);
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...ranks.slice(0, -1).flatMap((names, rank) =>
      names.map((name) => ({
        name: `${name}-imports-downwards`,
        severity: 'error',
        from: { path: folder(name) },
        to: {
          path: ranks
            .slice(rank + 1)
            .flat()
            .map(folder),
        },
      })),
    ),
    {
      name: 'model-imports-nothing',
      severity: 'error',
      from: { path: '^harness/model/', pathNot: ['\\.test\\.ts$'] },
      to: { path: '^harness/', pathNot: ['^harness/model/'] },
    },
    {
      name: 'docker-clients-in-their-adapter-only',
      severity: 'error',
      from: { pathNot: '^harness/engine/docker/' },
      to: { path: '(^|/)(testcontainers|dockerode|docker-modem|@types/dockerode)(/|$)' },
    },
    {
      name: 'adapters-behind-the-port',
      severity: 'error',
      from: { pathNot: '^harness/engine/(docker/|connect\\.ts$)' },
      to: { path: '^harness/engine/docker/' },
    },
    {
      name: 'helpers-of-tests-in-tests-only',
      severity: 'error',
      from: { path: '^harness/', pathNot: ['\\.test\\.ts$', '^harness/testing/'] },
      to: { path: '^harness/testing/' },
    },
    {
      name: 'harness-does-not-import-suites',
      severity: 'error',
      from: { path: '^harness/' },
      to: { path: '^(suites|fixtures|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
