import { listOf } from '../sdk/answered.ts';
import { type SignedPlace, signedJsonCall } from '../sdk/signed-call.ts';

/** An image of ECR by its digest. */
export interface EcrImage {
  readonly account: string;
  readonly repository: string;
  readonly digest: string;
}

/** Returns the tags of an image. Errors are passed on. */
export async function imageTags(
  place: SignedPlace,
  { account, digest, repository }: EcrImage,
): Promise<readonly string[]> {
  const text = await signedJsonCall(place, 'AmazonEC2ContainerRegistry_V20150921.DescribeImages', {
    registryId: account,
    repositoryName: repository,
    imageIds: [{ imageDigest: digest }],
  });
  const { imageDetails } = JSON.parse(text) as {
    readonly imageDetails?: readonly { readonly imageTags?: readonly string[] }[];
  };
  return listOf(imageDetails, 'DescribeImages').flatMap((detail) => detail.imageTags ?? []);
}
