import { expect, it } from 'vitest';
import { createFenceProofs } from '../../../../../src/aws/s3/isolation/fence-proofs.ts';
import { fenceProofKey } from '../../../../../src/core/evidence/keys.ts';
import { fenceSteps, formatProof } from '../../../../../src/core/fence/proof.ts';
import { createFakeControlObjects } from '../../../../support/fake-control-objects.ts';

const place = { accountId: '111122223333', bucket: 'lake-raw' };
const start = new Date('2026-11-27T10:00:00.000Z');
const later = (seconds: number) => new Date(start.getTime() + seconds * 1_000);
const proof = formatProof({
  ...place,
  checkedAt: start,
  probe: 'probe',
  steps: fenceSteps.map(({ step, wanted }) => ({ step, wanted, got: wanted })),
});

function counted() {
  const objects = createFakeControlObjects(start);
  let reads = 0;
  objects.before = () => {
    reads += 1;
  };
  return { objects, proofs: createFenceProofs(objects), reads: () => reads };
}

it('counts a fence as proved by what lies in control/fences', async () => {
  const { objects, proofs } = counted();
  objects.put('control/fences/lake-raw.json', proof);

  expect(await proofs.isProved(place, later(1))).toBe(true);
  expect(await proofs.isProved({ ...place, bucket: 'lake-hr' }, later(1))).toBe(false);
});

it('reads a proof at most once a minute, and judges its age each time', async () => {
  const { objects, proofs, reads } = counted();
  objects.put(fenceProofKey('lake-raw'), proof);
  const end = 2 * 24 * 3_600;

  expect(await proofs.isProved(place, later(end - 1))).toBe(true);
  expect(await proofs.isProved(place, later(end))).toBe(false);
  expect(reads()).toBe(1);
});

it('learns within a minute that a fence no longer holds', async () => {
  const { objects, proofs } = counted();
  objects.put(fenceProofKey('lake-raw'), proof);
  await proofs.isProved(place, later(0));
  objects.put(fenceProofKey('lake-raw'), proof.replace('"got":"denied"', '"got":"allowed"'));

  expect(await proofs.isProved(place, later(59))).toBe(true);
  expect(await proofs.isProved(place, later(60))).toBe(false);
});

it('counts a fence as not proved while the proof cannot be read, and asks again for the next object', async () => {
  const { objects, proofs } = counted();
  objects.put(fenceProofKey('lake-raw'), proof);
  objects.before = () => {
    throw new Error('denied');
  };

  expect(await proofs.isProved(place, later(1))).toBe(false);
  objects.before = () => undefined;
  expect(await proofs.isProved(place, later(2))).toBe(true);
});
