/** Calls through at most once in so many milliseconds, for progress that comes faster than people read. */
export function atMostEvery<T>(milliseconds: number, act: (value: T) => void): (value: T) => void {
  let last = Date.now();
  return (value) => {
    if (Date.now() - last < milliseconds) return;
    last = Date.now();
    act(value);
  };
}
