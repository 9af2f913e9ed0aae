import { type ExpectStatic, expect as vitestExpect } from 'vitest';
import { MATCHERS } from './matchers.ts';
import { running } from './tests.ts';

vitestExpect.extend({ ...MATCHERS });

const assertions = Object.getPrototypeOf(vitestExpect(undefined)) as Record<
  string,
  (...args: unknown[]) => unknown
>;
for (const name of Object.keys(MATCHERS)) {
  const plain = assertions[name];
  if (plain === undefined) throw new Error(`no matcher ${name}`);
  assertions[name] = function (...args) {
    const called = new Error();
    const result = plain.apply(this, args);
    return result instanceof Promise ? counted(placed(result, called)) : result;
  };
}

/** What fails later is reported with the line that asked for it, which the stack has lost by then. */
const placed = (result: Promise<unknown>, { stack }: Error): Promise<unknown> =>
  result.catch((error: unknown) => {
    if (error instanceof Error)
      error.stack = `${error.name}: ${error.message}${stack?.replace(/^Error/, '') ?? ''}`;
    throw error;
  });

/** A promise that the test waits for at its end, where nobody else does. */
function counted(promise: Promise<unknown>): unknown {
  const pending = running.getStore()?.pending;
  if (pending === undefined) return promise;
  promise.catch(() => undefined);
  pending.add(promise);
  const waited = (): Promise<unknown> => {
    pending.delete(promise);
    return promise;
  };
  return {
    then: (...args: Parameters<typeof promise.then>) => waited().then(...args),
    catch: (...args: Parameters<typeof promise.catch>) => waited().catch(...args),
    finally: (...args: Parameters<typeof promise.finally>) => waited().finally(...args),
    [Symbol.toStringTag]: 'Promise',
  };
}

const own = (): ExpectStatic => running.getStore()?.expect ?? vitestExpect;

/**
 * Vitest's `expect` with the matchers for images and systems. It knows of which test it is called, whereas Vitest's own takes
 * the one that began last, and tests of claims run beside each other.
 */
export const expect: ExpectStatic = new Proxy(vitestExpect, {
  apply: (_target, _this, [value, message]: [unknown, string?]): unknown => own()(value, message),
  get: (_target, key): unknown => Reflect.get(own(), key),
});
