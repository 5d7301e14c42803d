import { awsErrorName } from '../sdk/aws-errors.ts';
import { type SignedPlace, signedCall } from '../sdk/signed-call.ts';

/** Returns zone and network of a subnet, or `undefined` if it does not exist. Errors are passed on. */
export async function findSubnet(
  place: SignedPlace,
  id: string,
): Promise<{ readonly zone: string; readonly vpc: string } | undefined> {
  try {
    const xml = await ask(place, { Action: 'DescribeSubnets', 'SubnetId.1': id });
    const [zone] = textsOf(xml, 'availabilityZone');
    const [vpc] = textsOf(xml, 'vpcId');
    return zone === undefined || vpc === undefined ? undefined : { zone, vpc };
  } catch (error) {
    if (awsErrorName(error) === 'InvalidSubnetID.NotFound') return undefined;
    throw error;
  }
}

/** Returns how many networks (VPCs) the region has; a page holds more than any quota allows. */
export async function countVpcs(place: SignedPlace): Promise<number> {
  return new Set(textsOf(await ask(place, { Action: 'DescribeVpcs' }), 'vpcId')).size;
}

function ask(place: SignedPlace, parameters: Readonly<Record<string, string>>): Promise<string> {
  return signedCall(place, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...parameters, Version: '2016-11-15' }).toString(),
  });
}

/** The texts of elements that have no other elements in them. */
function textsOf(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text = '']) => text);
}
