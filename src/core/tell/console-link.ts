import type { RecordedFinding } from '../finding.ts';
import { partitionOf } from '../partition.ts';
import { regionPattern } from '../region.ts';

/**
 * Returns the address of a finding in the console of Macie. It holds nothing that a sender of findings can choose
 * freely. Partitions without Macie have no such address.
 */
export function consoleLink({ finding }: { readonly finding?: RecordedFinding }): string | undefined {
  const { id = '', object } = finding ?? {};
  const { region = '' } = object ?? {};
  if (!regionPattern.test(region) || !/^[\w-]+$/.test(id)) return undefined;
  const host = hostOf(region);
  return host && `https://${host}/macie/home?region=${region}#findings?itemId=${id}`;
}

function hostOf(region: string): string | undefined {
  switch (partitionOf(region)) {
    case 'aws':
      return `${region}.console.aws.amazon.com`;
    case 'aws-us-gov':
      return 'console.amazonaws-us-gov.com';
    default:
      return undefined;
  }
}
