/**
 * A function like `make`, which has to be pure, that gives its last answer again while its arguments are the same: for
 * what every frame asks though it seldom changes.
 */
export function remembering<Arguments extends readonly unknown[], Result>(
  make: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  let last: { readonly given: Arguments; readonly result: Result } | undefined;
  return (...given) => {
    if (last === undefined || given.some((value, index) => value !== last?.given[index])) {
      last = { given, result: make(...given) };
    }
    return last.result;
  };
}
