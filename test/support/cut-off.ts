import { type Forwarder, startForwarder } from './forwarder.ts';

/**
 * Stands before a service and dies with the first call that holds this text, as a process that is killed makes no
 * call any more. `behind`: the service still carries the call out.
 */
export async function cutOffAt(
  target: string,
  text: string,
  moment: 'before' | 'behind',
): Promise<Forwarder> {
  let isCut = false;
  const forwarder: Forwarder = await startForwarder(target, undefined, (chunk) => {
    if (!isCut && !chunk.includes(text)) return chunk;
    const wasCut = isCut;
    isCut = true;
    if (wasCut) return undefined;
    if (moment === 'before') {
      forwarder.cut();
      return undefined;
    }
    // The next chunk is the answer's: by then the service has the call.
    setTimeout(() => forwarder.cut(), 50);
    return chunk;
  });
  return forwarder;
}
