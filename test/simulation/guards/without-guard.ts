import type { SimulationOptions } from '../simulation.ts';
import type { Guard } from './guard.ts';
import { productWithout } from './patched-product.ts';

/** A run with one guard missing, in the product or in S3. */
export async function optionsWithout(guard: Guard): Promise<SimulationOptions> {
  const forgotten = 'forgotten' in guard ? new Set([guard.forgotten]) : new Set<never>();
  return { product: await productWithout(guard), forgotten };
}
