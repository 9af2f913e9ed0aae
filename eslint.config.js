import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules/', 'results/', 'dist/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-console': 'error',
    },
  },
  {
    // The clients of Docker Engine stay in their adapter (.dependency-cruiser.cjs sees import() too).
    files: ['**/*.ts'],
    ignores: ['harness/engine/docker/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['testcontainers', 'testcontainers/*', 'dockerode', 'dockerode/*'],
              message: 'ask the engine by its port (harness/engine/port.ts)',
            },
          ],
        },
      ],
    },
  },
  {
    // The classes of the Kubernetes client are types of what its API takes and gives: objects of JSON.
    files: ['harness/kubernetes/**', 'harness/run/kubernetes/**'],
    rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' },
  },
  {
    // A test file describes many cases in one `describe`.
    files: ['**/*.test.ts', 'suites/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // Programs that print what they find, and quote the environment of whoever runs them.
    files: ['docs/examples/*.ts'],
    languageOptions: { globals: { console: 'readonly' } },
    rules: { 'no-console': 'off', '@typescript-eslint/restrict-template-expressions': 'off' },
  },
  {
    // The program of the page, as browsers run it; its types are checked with those of browsers.
    files: ['harness/report/page/client/*.js'],
    rules: { 'no-undef': 'off', 'max-lines-per-function': 'off' },
  },
  {
    // Node 18 runs these without a build step or dependencies.
    files: ['**/*.mjs', '**/*.cjs', '*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', module: 'writable', URL: 'readonly' },
    },
    rules: { 'no-console': 'off' },
  },
);
