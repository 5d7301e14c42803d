/**
 * What the product relies on and the SDK would take from the environment or the shared config file. A client
 * that is given a value does not look there (docs/decisions/0020-what-the-sdk-may-not-be-told.md has the table).
 */
export const pinned = {
  retryMode: 'standard',
  /** `standard` and the others bring connection timeouts and a retry mode of their own. */
  defaultsMode: 'legacy',
  /** `sigv4a` needs a library that is not installed; `noAuth` would send calls unsigned. */
  authSchemePreference: [] as string[],
  /** Endpoints are settings of ours, which guards look at. */
  ignoreConfiguredEndpointUrls: true,
  disableClockSkewCorrection: async (): Promise<boolean> => false,
} as const;

export const pinnedOfS3 = {
  ...pinned,
  maxAttempts: 5,
  /** Object Lock takes no put without a checksum. */
  requestChecksumCalculation: 'WHEN_SUPPORTED',
  /** What is read for a proof is hashed by ourselves: a checksum that the store has wrong must not keep us from it. */
  responseChecksumValidation: 'WHEN_REQUIRED',
  /** Names of buckets come from findings: no name may send a call to another region, an access point or an outpost. */
  useArnRegion: false,
  disableMultiregionAccessPoints: true,
  disableS3ExpressSessionAuth: true,
} as const;

/** Queue and topic; the receiving client and the alerts bring their own number of attempts. */
export const pinnedOfOthers = { ...pinned, maxAttempts: 3 } as const;
