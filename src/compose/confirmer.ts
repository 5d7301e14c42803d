import type { MacieConfirmer } from '../aws/macie/macie-confirmer.ts';
import type { Clients } from '../aws/sdk/clients.ts';

/** Loads the code that asks Macie now, and beside the rest of the start: a worker that never asks Macie does not load it. */
export function loadConfirmer(clients: Clients): MacieConfirmer {
  const loading = import('../aws/macie/macie-confirmer.ts').then(({ createMacieConfirmer }) =>
    createMacieConfirmer((region) => clients.macie(region)),
  );
  // A failure is thrown to whoever asks.
  loading.catch(() => undefined);
  return {
    find: async (id, region) => (await loading).find(id, region),
    probe: async () => (await loading).probe(),
  };
}
