/**
 * Settings that the product relies on, and that the SDK would otherwise read from the environment or the
 * shared config file. A client with an explicit value does not look there
 * (docs/decisions/0020-what-the-sdk-may-not-be-told.md has the table).
 */
export const pinned = {
  retryMode: 'standard',
  /** `standard` and the other modes bring connection timeouts and a retry mode of their own. */
  defaultsMode: 'legacy',
  /** `sigv4a` needs a library that is not installed, and `noAuth` would send unsigned calls. */
  authSchemePreference: [] as string[],
  /** Endpoints are settings of this product, which guards check. */
  ignoreConfiguredEndpointUrls: true,
  disableClockSkewCorrection: async (): Promise<boolean> => false,
} as const;

export const pinnedOfS3 = {
  ...pinned,
  maxAttempts: 5,
  /** Object Lock accepts no put without a checksum. */
  requestChecksumCalculation: 'WHEN_SUPPORTED',
  /** The worker hashes the bytes that it reads for a proof. A wrong checksum in the store must not stop that read. */
  responseChecksumValidation: 'WHEN_REQUIRED',
  /** Findings contain bucket names. A name must not send a call to another region, an access point or an outpost. */
  useArnRegion: false,
  disableMultiregionAccessPoints: true,
  disableS3ExpressSessionAuth: true,
} as const;

/**
 * The rate of calls to Macie follows its throttling: one call asks for fifty findings, so a lower rate costs little. Nothing
 * else limits that rate.
 */
export const pinnedOfMacie = { ...pinned, retryMode: 'adaptive', maxAttempts: 3 } as const;

/** For queue and topic. The receiving client and the alert client set their own number of attempts. */
export const pinnedOfOthers = { ...pinned, maxAttempts: 3 } as const;
