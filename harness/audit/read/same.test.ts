import { describe, expect, test } from 'vitest';
import { SLSA_V1 } from '../verify/predicates.ts';
import { readRecipe } from './recipe.ts';

const COMMIT = 'a'.repeat(40);
const DIGEST = `sha256:${'1'.repeat(64)}`;
const TARGET = { digest: DIGEST, platform: 'linux/amd64', top: DIGEST };

describe('two sources that say the same in other words', () => {
  const SAID = 'https://github.com/org/app';
  const against = (name: string, value: string): unknown[] => {
    const workflow = { repository: SAID };
    const predicate = {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: { workflow },
        resolvedDependencies: [{ uri: `git+${SAID}@refs/heads/main`, digest: { gitCommit: COMMIT } }],
      },
    };
    const provenance = [{ id: 'a1', verified: true, predicateType: SLSA_V1, predicate }];
    const { readings } = readRecipe({ target: TARGET, labels: { [name]: value }, more: [], provenance });
    return readings.flatMap(({ contradictedBy }) => contradictedBy);
  };
  const SOURCE = 'org.opencontainers.image.source';
  test.each([
    `${SAID}.git`,
    `${SAID}/`,
    'git+https://github.com/org/app.git',
    'git@github.com:org/app.git',
    'ssh://git@github.com/org/app.git',
    'https://github.com/Org/App',
    `${SAID}/tree/main/images/app`,
    `${SAID}/blob/main/Dockerfile`,
    `${SAID}.git#refs/heads/main:images`,
  ])('the repository %s', (value) => {
    expect(against(SOURCE, value)).toEqual([]);
  });
  test.each([
    'https://github.com/org/app2',
    'https://github.com/org/app/x',
    'https://github.com.example/org/app',
    'git@github.com.example:org/app.git',
    'https://gitlab.com/org/app',
    'https://github.com/org',
    'app',
  ])('not so the repository %s', (value) => {
    expect(against(SOURCE, value)).toHaveLength(1);
  });
  test.each([
    ['org.opencontainers.image.revision', COMMIT.slice(0, 7), 0],
    ['vcs-ref', COMMIT, 0],
    ['vcs-ref', `${COMMIT}-dirty`, 1],
    ['vcs-ref', COMMIT.slice(0, 6), 1],
    ['vcs-ref', 'b'.repeat(7), 1],
  ])('a commit: %s %s', (name, value, count) => {
    expect(against(name, value)).toHaveLength(count);
  });
  test('of two labels the full commit counts', () => {
    const labels = { 'org.opencontainers.image.revision': COMMIT.slice(0, 9), 'vcs-ref': COMMIT };
    const { readings } = readRecipe({ target: TARGET, labels, more: [], provenance: [] });
    expect(readings.filter(({ field }) => field === 'commit')).toMatchObject([
      { value: COMMIT, contradictedBy: [] },
    ]);
  });
});
