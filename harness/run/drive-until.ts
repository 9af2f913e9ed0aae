import { setTimeout } from 'node:timers/promises';
import type { Engine } from '../engine/port.ts';
import { sweep } from '../engine/sweep.ts';
import { TwinproofError } from '../errors.ts';
import { driveVitest } from './drive.ts';
import type { Message } from './messages.ts';
import type { RunInput } from './types.ts';

interface Driven {
  input: RunInput;
  engine: Engine;
  onMessage: (message: Message) => void;
}

/** Milliseconds between two looks at what is left of a run that ends. */
const PAUSE = 200;

/**
 * Runs the cells until somebody wants an end of it: then nothing is begun any more, what runs in containers is removed, and what
 * waited for it fails at once.
 * @throws TwinproofError `interrupted` after that; see `driveVitest` for the rest
 */
export async function driveUntil(stop: AbortSignal, { input, engine, onMessage }: Driven): Promise<void> {
  const interrupted = new TwinproofError('interrupted', 'the run was ended before it was done', {
    hint: 'its log can be resumed',
  });
  const stopped = (): boolean => stop.aborted;
  if (stopped()) throw interrupted;
  const driven = driveVitest(input, onMessage, stop);
  const ended = driven.then(
    () => true,
    () => true,
  );
  const asked = new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  await Promise.race([ended, asked]);
  if (!stopped()) return driven;
  do await sweep(engine, (owner) => owner.run === input.owner.run);
  while (!(await Promise.race([ended, setTimeout(PAUSE, false)])));
  // What was just being made when it was looked for the last time.
  await sweep(engine, (owner) => owner.run === input.owner.run);
  throw interrupted;
}
