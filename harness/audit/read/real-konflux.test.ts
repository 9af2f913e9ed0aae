import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { readRecipe } from './recipe.ts';
import { testForeign } from '../../testing/foreign.ts';

const open = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

interface Statement {
  predicateType: string;
  predicate: unknown;
}
interface Golden {
  attestations: { statement: Statement }[];
  image: { config: { Labels: Record<string, string> } };
}

/** What stands in the files themselves, read by hand. */
describe('real statements of Konflux', () => {
  const values = (
    statement: Statement | undefined,
    digest: string,
    labels: Record<string, string>,
  ): Record<string, string> => {
    const recipe = readRecipe({
      target: { digest: `sha256:${digest}`, platform: 'linux/amd64', top: '' },
      labels,
      more: [],
      provenance: [
        { id: 'a1', verified: true, predicateType: '', ...statement, predicate: statement?.predicate },
      ],
    });
    const said = recipe.readings.map(({ field, value, contradictedBy }) => [
      field,
      `${String(value)}${contradictedBy.length > 0 ? ' (contradicted)' : ''}`,
    ]);
    return {
      ...(Object.fromEntries(said) as object),
      missing: recipe.missing.map(({ code }) => code).join(' '),
    };
  };

  testForeign('the golden container', ['provenance/konflux-golden-container.json'], (path) => {
    const golden = open(path) as Golden;
    const digest = '1e84b14580bc66c5c78b0f292bf987b2c314fc5ae3a580cf41b66f94651cf92b';
    const labels = golden.image.config.Labels;
    expect(values(golden.attestations[0]?.statement, digest, labels)).toEqual({
      repository: 'https://github.com/conforma/golden-container',
      commit: 'd11c0ada39f18f631ff4f54beafa72a9b62dcd7c',
      containerfile: 'Containerfile',
      context: '.',
      skipUnusedStages: 'true',
      squash: 'false',
      hermetic: 'true',
      privileges: 'false',
      builder:
        'quay.io/konflux-ci/buildah-task@sha256:3d8f5fe17878a5325bf276e89ecfc17ed6d22a18b49a6255ffdf498ce94d9802',
      task: 'quay.io/konflux-ci/tekton-catalog/task-buildah:0.2@sha256:767eccc40ad8482254ec3425c84fe828655ec663abb8e07b4b7479cb851f50e6',
      injections: 'labels.json,content-sets.json,build-date',
      toolVersion: '1.39.0-dev',
      platform: 'linux/amd64',
      missing: 'builder-unresolved',
    });
  });

  testForeign(
    'UBI 10, of which only one platform is in the statement',
    ['provenance/konflux-ubi10.json'],
    (path) => {
      const ubi = open(path) as Statement;
      const x86 = 'b84a60c3256a1eec24956f8a875136f6f51d6ad5e24db7194396188da0e2d80e';
      const arm = 'a2fde47af09006ae2b784881130fb866d92a2037c45059a5c9e014ae6c4ec9c5';
      expect(values(ubi, x86, { release: '1758699521' })).toEqual({
        repository: 'https://gitlab.com/redhat/rhel/containers/ubi10',
        commit: '15e5733dc128d8178e29f49c1c417ff41c5d7125',
        containerfile: 'Dockerfile',
        context: '.',
        labels: 'release=1758699521',
        platform: 'linux/x86_64',
        inheritLabels: 'true',
        skipUnusedStages: 'true',
        squash: 'false',
        prefetch: '[{"type": "rpm"}]',
        hermetic: 'true',
        privileges: 'false',
        builder:
          'quay.io/konflux-ci/buildah-task@sha256:1e686fc8fe41f985d9871d80f22bef4b58e6b2df3237385ee43113907231b458',
        task: 'quay.io/konflux-ci/tekton-catalog/task-buildah-remote-oci-ta:0.5@sha256:17a0b093c9e9d21e9e374c60a88eb293a0fa57e4e2b67baf20ccac9735aa20ff',
        injections: 'labels.json,content-sets.json,build-date,cachi2.env',
        missing: 'builder-unresolved',
      });
      expect(values(ubi, arm, {}).missing).toBe('builder-unresolved builder-unresolved recipe-incomplete');
    },
  );
});
