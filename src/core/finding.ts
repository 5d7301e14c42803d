/** The severity that Macie gives to a finding (`severity.description`). */
export type Severity = (typeof severities)[number];

/** All severities, the least first. */
export const severities = ['Low', 'Medium', 'High'] as const;

/** The address of an object. The key is the true key: never URL-decoded, never normalised. */
export interface ObjectAddress {
  readonly accountId: string;
  /** If absent, the region of the isolation bucket is meant. */
  readonly region?: string;
  readonly bucket: string;
  readonly key: string;
}

/**
 * The object that a finding flags, with at least one of the two identities of its bytes. `versionId` is a
 * real version id, never empty and never `null`: a PUT may replace the version `null` of a suspended bucket,
 * so `null` identifies no bytes (aws-facts 2, Delete).
 */
export interface FlaggedObject extends ObjectAddress {
  readonly versionId?: string;
  /** Without quotes. */
  readonly eTag?: string;
  readonly sizeBytes?: number;
  /** The tags say that a person put the object back. Only the release records tell whether that is true. */
  readonly releaseMark?: boolean;
}

/**
 * A detection of Macie with its count. Occurrences (columns, lines, paths) are never kept, because they can
 * hold personal data.
 */
export interface Detection {
  readonly kind: 'managed' | 'custom';
  /** The managed type (`NAME`) or the name of the custom identifier (`Patient ID`). */
  readonly name: string;
  /** The last part of the ARN of a custom identifier. */
  readonly id?: string;
  /** Absent if the finding has no count that is understood. */
  readonly count?: number;
}

/** A sensitive-data finding, or the request of an operator, reduced to the fields that isolation and alerts need. */
export interface Finding {
  readonly id: string;
  /** For example `SensitiveData:S3Object/Multiple`. Absent only for the request of an operator. */
  readonly type?: string;
  /** Absent if Macie gave no severity or an unknown one. */
  readonly severity?: Severity;
  readonly createdAt: Date;
  readonly object: FlaggedObject;
  readonly detections: readonly Detection[];
  /** The number of detections that are left out, because there are too many or because they are not understood. */
  readonly detectionsOmitted: number;
  /** The same number for each kind. */
  readonly omitted?: Readonly<Record<Detection['kind'], number>>;
  readonly traits?: Traits;
  /** Present if an operator requested the isolation: no finding of Macie, and so nothing to ask Macie about. */
  readonly request?: RequestedBy;
}

/** Who requested an isolation, and why. An operator wrote both. */
export interface RequestedBy {
  readonly who: string;
  readonly why: string;
}

export interface ObjectTag {
  readonly key: string;
  readonly value: string;
}

/**
 * Facts of a finding that policies use, and `objectTags` also the look for a release. A fact is absent if the finding does not state it, or not in a
 * form that is understood.
 */
export interface Traits {
  /** The category of the finding (`CLASSIFICATION`), and those of its detections (`PERSONAL_INFORMATION`). */
  readonly categories?: readonly string[];
  readonly discovery?: 'job' | 'automated';
  readonly jobId?: string;
  readonly storageClass?: string;
  readonly encryption?: 'none' | 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly extension?: string;
  /** The `effectivePermission` of the bucket. */
  readonly publicAccess?: boolean;
  /** Whether the analysis of the object is incomplete. */
  readonly partial?: boolean;
  readonly objectTags?: readonly ObjectTag[];
  readonly bucketTags?: readonly ObjectTag[];
}

/** The part of a finding that names its record. For an ignored or rejected message little more may be known. */
export interface RecordedFinding extends Pick<Partial<Finding>, 'object'> {
  readonly id: string;
  readonly createdAt: Date;
}

/** Whether an id has the form of Macie's own ids. Requests of operators, and forged findings, have others. */
export function isIdOfMacie(id: string): boolean {
  return /^[0-9a-f]{32}$/i.test(id);
}
