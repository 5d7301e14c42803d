/** How Macie rates a finding (`severity.description`). */
export type Severity = 'Low' | 'Medium' | 'High';

/** Where an object lies. The key is the true key: never URL-decoded, never normalised. */
export interface ObjectAddress {
  readonly accountId: string;
  /** Absent where the finding names no region: then the isolation bucket's is meant. */
  readonly region?: string;
  readonly bucket: string;
  readonly key: string;
}

/**
 * The object that a finding flags, with at least one of the two marks that identify its bytes.
 * `versionId` is a real version id, never empty and never `null`, which any PUT may replace in a
 * suspended bucket and so identifies nothing (aws-facts 2, Delete).
 */
export interface FlaggedObject extends ObjectAddress {
  readonly versionId?: string;
  /** Without quotes. */
  readonly eTag?: string;
  readonly sizeBytes?: number;
  /** Its tags say that a person put it back; whether that is true the release records tell. */
  readonly releaseMark?: boolean;
}

/** What Macie detected, counted. Occurrences (columns, lines, paths) are never kept: they can hold personal data. */
export interface Detection {
  readonly kind: 'managed' | 'custom';
  /** The managed type (`NAME`) or the custom identifier's name (`Patient ID`). */
  readonly name: string;
  /** Absent where the finding gave no count that is understood. */
  readonly count?: number;
}

/** A sensitive-data finding, reduced to what isolating its object and telling people about it needs. */
export interface Finding {
  readonly id: string;
  /** For example `SensitiveData:S3Object/Multiple`. */
  readonly type: string;
  /** Absent where Macie gave none or one that we do not know. */
  readonly severity?: Severity;
  readonly createdAt: Date;
  readonly object: FlaggedObject;
  readonly detections: readonly Detection[];
  /** How many detections the finding has besides: too many, or not understood. */
  readonly detectionsOmitted: number;
}
