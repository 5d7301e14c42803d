/** Returns the CPU of one call in milliseconds, on average. */
export function cpuMs(times: number, run: () => void): number {
  const before = process.cpuUsage();
  for (let each = 0; each < times; each += 1) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}
