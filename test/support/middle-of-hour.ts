/** A clock that begins at half past an hour: a count of the budget does not end while a test looks at it. */
export function inTheMiddleOfAnHour(): () => Date {
  const begun = Date.now();
  const half = new Date(begun).setUTCMinutes(30, 0, 0);
  return () => new Date(half + Date.now() - begun);
}
