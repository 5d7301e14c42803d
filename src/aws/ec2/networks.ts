import { valueOf } from '../sdk/answered.ts';
import { awsErrorName } from '../sdk/aws-errors.ts';
import { type SignedPlace, signedCall } from '../sdk/signed-call.ts';

/** Returns zone and network of a subnet, or `undefined` if it does not exist. Errors are passed on. */
export async function findSubnet(
  place: SignedPlace,
  id: string,
): Promise<{ readonly zone: string; readonly vpc: string } | undefined> {
  try {
    const xml = await ask(place, 'DescribeSubnets', 'subnetSet', { 'SubnetId.1': id });
    const [zone] = textsOf(xml, 'availabilityZone');
    const [vpc] = textsOf(xml, 'vpcId');
    // EC2 answers an error where there is no such subnet, and never an empty set.
    return {
      zone: valueOf(zone, 'DescribeSubnets', 'zone'),
      vpc: valueOf(vpc, 'DescribeSubnets', 'network'),
    };
  } catch (error) {
    if (awsErrorName(error) === 'InvalidSubnetID.NotFound') return undefined;
    throw error;
  }
}

/** Returns how many networks (VPCs) the region has; a page holds more than any quota allows. */
export async function countVpcs(place: SignedPlace): Promise<number> {
  return new Set(textsOf(await ask(place, 'DescribeVpcs', 'vpcSet'), 'vpcId')).size;
}

/** Returns an answer that has the set, which may be empty. */
async function ask(
  place: SignedPlace,
  call: string,
  set: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<string> {
  const xml = await signedCall(place, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Action: call, ...parameters, Version: '2016-11-15' }).toString(),
  });
  valueOf(new RegExp(`<${set}[\\s/>]`).exec(xml)?.[0], call, set);
  return xml;
}

/** The texts of elements that have no other elements in them. */
function textsOf(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text = '']) => text);
}
