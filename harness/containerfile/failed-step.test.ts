import { expect, it } from 'vitest';
import { failedStep } from './failed-step.ts';

const TEXT = 'FROM a AS one\nRUN x \\\n  && y\nFROM b\nRUN  z\nRUN x   && y\n';

const line = (log: string): number | null =>
  failedStep(log, `${TEXT}COPY --from=one / /\n`, { buildArgs: {} })?.line ?? null;

it.each([
  ['STEP 1/3: FROM b\nSTEP 2/3: RUN z\nError: x\n', 5],
  ['[1/2] STEP 2/2: RUN x   && y\n', 2],
  ['[2/2] STEP 3/4: RUN x   && y\nError: building at STEP "RUN x   && y": x\n', 6],
  ['STEP 2: RUN z\n', 5],
  ['STEP 1/2: RUN unheard of\n', null],
  ['nothing\n', null],
])('of %j', (log, expected) => expect(line(log)).toBe(expected));
