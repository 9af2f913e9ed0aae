/** Waits for both even when one fails, so that nothing goes on reading behind the caller's back. */
export async function both<T>(a: Promise<T>, b: Promise<T>): Promise<[T, T]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}
