/** A token bucket with a quarter of a second's worth of burst: says whether one more call is within the rate. */
export function createThrottle(callsPerSecond: () => number): () => boolean {
  let tokens = 0;
  let filledAt = performance.now();
  return () => {
    const rate = callsPerSecond();
    if (rate === 0) return true;
    const now = performance.now();
    tokens = Math.min(Math.max(1, rate / 4), tokens + ((now - filledAt) / 1000) * rate);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
