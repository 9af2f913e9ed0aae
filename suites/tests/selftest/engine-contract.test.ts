import { afterAll, beforeAll, test } from 'vitest';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { CONTRACT, contractPlace } from '../engines/contract/all.ts';

let place: Awaited<ReturnType<typeof contractPlace>>;
beforeAll(async () => {
  place = await contractPlace(await connectEngine());
});
afterAll(() => place[Symbol.asyncDispose]());

test.each(CONTRACT)('the engine: $name', ({ check }) => check(place));
