/** A number of bytes with three digits and a unit, for people. */
export function sizeText(bytes: number): string {
  const unit = ['B', 'kB', 'MB', 'GB', 'TB'];
  let power = 0;
  let value = bytes;
  for (; value >= 1_000 && power < unit.length - 1; power += 1) value /= 1_000;
  return `${power === 0 ? value : value.toPrecision(3)} ${unit[power]}`;
}

/** `1 object` or `12 objects`. */
export function countText(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
