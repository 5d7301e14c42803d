import { expect, it } from 'vitest';
import { domainOf, partitionOf } from '../../../src/core/partition.ts';
import { partitions } from '../../support/partitions.ts';

it.each([
  ...partitions,
  ['aws', 'us-east-1', 'amazonaws.com'],
  // The partition of a region is told by how its name begins, not by what it holds.
  ['aws', 'me-cn-1', 'amazonaws.com'],
] as const)(
  'the partition %s has the region %s, and its services have the domain %s',
  (partition, region, domain) => {
    expect(partitionOf(region)).toBe(partition);
    expect(domainOf(partition)).toBe(domain);
  },
);

it('a partition that is not known has the domain of most regions', () => {
  expect(domainOf('aws-new')).toBe('amazonaws.com');
});
