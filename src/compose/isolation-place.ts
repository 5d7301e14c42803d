/** Returns name, owner and key of the isolation bucket, as its adapters take them. */
export function isolationPlace(settings: {
  readonly accountId: string;
  readonly isolationBucket: string;
  readonly isolationKmsKeyId?: string | undefined;
}) {
  const { accountId, isolationBucket, isolationKmsKeyId } = settings;
  return {
    name: isolationBucket,
    owner: accountId,
    ...(isolationKmsKeyId !== undefined && { kmsKeyId: isolationKmsKeyId }),
  };
}
