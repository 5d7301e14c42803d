import { expect, it } from 'vitest';
import { domainOf, partitionOf } from '../../../src/core/partition.ts';

it.each([
  ['eu-central-1', 'aws', 'amazonaws.com'],
  ['us-east-1', 'aws', 'amazonaws.com'],
  ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
  ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
  ['us-iso-east-1', 'aws-iso', 'c2s.ic.gov'],
  ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov'],
  ['eu-isoe-west-1', 'aws-iso-e', 'cloud.adc-e.uk'],
  ['us-isof-south-1', 'aws-iso-f', 'csp.hci.ic.gov'],
  ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu'],
  // The partition of a region is told by how its name begins, not by what it holds.
  ['me-cn-1', 'aws', 'amazonaws.com'],
])(
  'the region %s lies in the partition %s, whose services have the domain %s',
  (region, partition, domain) => {
    expect(partitionOf(region)).toBe(partition);
    expect(domainOf(partition)).toBe(domain);
  },
);

it('a partition that is not known has the domain of most regions', () => {
  expect(domainOf('aws-new')).toBe('amazonaws.com');
});
