import { defineConfig } from 'vitest/config';
import { AbsenceReporter } from './harness/testing/absence-reporter.ts';

export default defineConfig({
  test: {
    reporters: ['default', new AbsenceReporter()],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['harness/**/*.test.ts', 'bench/**/*.test.ts', 'suites/tools/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['suites/tests/selftest/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'bundled',
          include: ['suites/tests/bundled/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'package',
          include: ['suites/tests/package/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'engines',
          include: ['suites/tests/engines/**/*.test.ts'],
          testTimeout: 3_600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['suites/tests/cluster/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 5_400_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'cosign',
          include: ['suites/tests/cosign/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 5_400_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'hummingbird',
          include: ['suites/tests/hummingbird/**/*.test.ts'],
          testTimeout: 5_400_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'os',
          include: ['suites/tests/thorough/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
