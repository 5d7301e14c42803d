import { ask, discard, pause, type RegistryPlace } from './connection.ts';
import { errorOfStatus, RegistryError } from './registry-error.ts';
import { type Descriptor, verified } from './verified.ts';

const maximumTries = 4;

/**
 * Copies a blob from one registry to another, unless it is there. An upload that breaks begins anew: ECR continues no
 * session whose bytes it has in part, and discards every chunk after the first one, so each blob is one PUT.
 */
export async function copyBlob(
  from: RegistryPlace,
  to: RegistryPlace,
  blob: Descriptor,
  passed: (bytes: number) => void,
): Promise<void> {
  if (await hasBlob(to, blob.digest)) {
    passed(blob.size);
    return;
  }
  for (let tries = 1; ; tries += 1) {
    let sent = 0;
    try {
      await sendBlob(from, to, blob, (bytes) => {
        sent += bytes;
        passed(bytes);
      });
      return;
    } catch (error) {
      const isPassing = error instanceof RegistryError && error.code === 'passing';
      if (!isPassing || tries === maximumTries) throw error;
      passed(-sent);
      await pause(to, tries);
    }
  }
}

async function hasBlob(place: RegistryPlace, digest: string): Promise<boolean> {
  const answer = await ask(place, `blobs/${digest}`, { method: 'HEAD' });
  if (answer.ok) return true;
  if (answer.status === 404) return false;
  throw errorOfStatus(answer.status, `Looking for a blob in ${place.repository}`);
}

async function sendBlob(
  from: RegistryPlace,
  to: RegistryPlace,
  blob: Descriptor,
  passed: (bytes: number) => void,
): Promise<void> {
  const location = await beginUpload(to);
  // Ends the download as soon as the upload has ended, however it did.
  const ended = new AbortController();
  const source = { ...from, signal: AbortSignal.any([from.signal, ended.signal]) };
  let broken: unknown;
  const bytes = async function* () {
    try {
      yield* verified(await openBlob(source, blob.digest), blob, passed);
    } catch (error) {
      broken = asPassing(error, from);
      throw error;
    }
  };
  try {
    const answer = await ask(to, location, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) },
      body: bytes(),
    });
    await discard(answer);
    if (answer.status !== 201) throw errorOfStatus(answer.status, `Storing a blob in ${to.repository}`);
  } catch (error) {
    // The upload breaks because the download does: the cause is what a person must know.
    throw broken ?? error;
  } finally {
    ended.abort();
  }

  async function beginUpload(place: RegistryPlace): Promise<URL> {
    const answer = await ask(place, 'blobs/uploads/', { method: 'POST', headers: { 'content-length': '0' } });
    await discard(answer);
    const given = answer.headers.get('location');
    if (answer.status !== 202 || given === null || !URL.canParse(given, place.origin)) {
      throw errorOfStatus(answer.status, `Beginning an upload to ${place.repository}`);
    }
    const url = new URL(given, place.origin);
    url.searchParams.set('digest', blob.digest);
    return url;
  }
}

/** Returns the bytes of a blob, not verified yet. */
export async function openBlob(place: RegistryPlace, digest: string): Promise<AsyncIterable<Uint8Array>> {
  const answer = await ask(place, `blobs/${digest}`, { method: 'GET' });
  if (answer.status === 200 && answer.body !== null) return answer.body;
  await discard(answer);
  throw errorOfStatus(answer.status, `Reading a blob of ${place.repository}`);
}

function asPassing(error: unknown, { origin, signal }: RegistryPlace): unknown {
  if (error instanceof RegistryError || signal.aborted) return error;
  return new RegistryError('passing', `The connection to ${new URL(origin).host} broke.`, { cause: error });
}
