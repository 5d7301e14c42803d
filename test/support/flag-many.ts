import type { World } from './world.ts';

/** Puts objects into one bucket, each with a finding of its own on the queue. */
export async function flagMany(
  world: World,
  count: number,
  bucket = world.bucket(),
): Promise<{ readonly bucket: string; readonly ids: readonly string[] }> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const finding = world.finding(await world.upload(bucket, `in/${index}.csv`, `secret ${index}`));
    await world.put(finding);
    ids.push(finding.id);
  }
  return { bucket, ids };
}
