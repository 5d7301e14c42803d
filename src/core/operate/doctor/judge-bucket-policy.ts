import { type Denial, denies } from './denial.ts';
import {
  allButTheWorker,
  copyingRoles,
  encryptedRequests,
  namedRoles,
  parts,
  requestsThatHave,
  requestsWith,
  requestsWithout,
  rolesOfPeople,
  services,
} from './exceptions.ts';
import { admitsEverybody, statementsOf } from './statements.ts';
import { look, ok, problemsOr, updateDataPlane, type Verdict, wrong } from './verdict.ts';

const tags = ['s3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging', 's3:PutObjectVersionTagging'];
const replication = [
  's3:GetObjectVersionForReplication',
  's3:InitiateReplication',
  's3:ObjectOwnerOverrideToBucketOwner',
  's3:ReplicateDelete',
  's3:ReplicateObject',
  's3:ReplicateTags',
];

const all = ['/*'];
const people = [rolesOfPeople, services];
const sse = 's3:x-amz-server-side-encryption';
const kmsKey = `${sse}-aws-kms-key-id`;

/** What no policy of an isolation bucket may leave open, by the statement of the template that denies it. */
export const wantedStatements: Readonly<Record<string, Denial>> = {
  TlsOnly: { actions: ['s3:*'], resources: ['', '/*'], exceptions: [encryptedRequests] },
  RightKeyOnly: {
    actions: ['s3:PutObject'],
    resources: all,
    exceptions: [requestsWith(kmsKey, (value) => /^arn:[a-z-]+:kms:/.test(value)), requestsWithout(kmsKey)],
  },
  KmsOnly: {
    actions: ['s3:PutObject'],
    resources: all,
    exceptions: [requestsWith(sse, (value) => value === 'aws:kms'), requestsWithout(sse)],
  },
  NoKeyOfTheSender: {
    actions: ['s3:PutObject'],
    resources: all,
    exceptions: [requestsWithout(`${sse}-customer-algorithm`)],
  },
  EvidenceStays: {
    actions: ['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'],
    resources: all,
    exceptions: people,
  },
  EvidenceIsNotTamperedWith: {
    actions: [
      ...tags,
      ...replication,
      's3:DeleteObjectAnnotation',
      's3:PutObjectAcl',
      's3:PutObjectRetention',
      's3:PutObjectVersionAcl',
      's3:PutObjectVersionAnnotation',
      's3:UpdateObjectEncryption',
    ],
    resources: all,
    exceptions: [services],
  },
  OnlyOperatorsHold: { actions: ['s3:PutObjectLegalHold'], resources: all, exceptions: people },
  EvidenceIsNotOverwritten: {
    actions: ['s3:PutObject'],
    resources: ['/objects*', '/access/*', '/provenance/*', '/re*'],
    exceptions: [requestsThatHave('s3:if-none-match'), parts],
  },
  OnlyInvestigatorsRead: {
    actions: [
      's3:GetObject',
      's3:GetObjectAnnotation',
      's3:GetObjectAttributes',
      's3:GetObjectTagging',
      's3:GetObjectVersion',
      's3:GetObjectVersionAnnotation',
      's3:GetObjectVersionAttributes',
      's3:GetObjectVersionTagging',
      's3:ListObjectAnnotations',
      's3:ListObjectVersionAnnotations',
    ],
    resources: ['/objects*', '/rejected/*'],
    exceptions: [namedRoles, services],
  },
  OnlyTheWorkerRecords: {
    actions: ['s3:PutObject'],
    resources: ['/control/*', '/provenance/*', '/records/*', '/rejected/*'],
    exceptions: [namedRoles, services],
  },
  OnlyOperatorsReleaseAndPause: {
    actions: ['s3:PutObject'],
    resources: ['/control/pause.json', '/releases/*', '/requests/*'],
    exceptions: people,
  },
  OnlyOperatorsAndTheCheckProve: {
    actions: ['s3:PutObject'],
    resources: ['/control/fences/*'],
    exceptions: [allButTheWorker],
  },
  OnlyTheWorkerAndMemberRolesCopy: {
    actions: ['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAnnotation', 's3:PutObjectTagging'],
    resources: ['/objects*'],
    exceptions: [copyingRoles, services],
  },
};

/** What the template denies by `ProtectionStays`, where it knows who else may do it. */
export const protectionStays: Denial = {
  actions: [
    's3:DeleteBucket',
    's3:DeleteBucketPolicy',
    's3:PutAnalyticsConfiguration',
    's3:PutBucketAcl',
    's3:PutBucketLogging',
    's3:PutBucketNotification',
    's3:PutBucketObjectLockConfiguration',
    's3:PutBucketOwnershipControls',
    's3:PutBucketPolicy',
    's3:PutBucketPublicAccessBlock',
    's3:PutBucketVersioning',
    's3:PutEncryptionConfiguration',
    's3:PutIntelligentTieringConfiguration',
    's3:PutInventoryConfiguration',
    's3:PutLifecycleConfiguration',
    's3:PutReplicationConfiguration',
  ],
  resources: [''],
  exceptions: people,
};

/** Compares the policy of the isolation bucket with that of the template. */
export function judgeBucketPolicy(policy: string | undefined): Verdict {
  const statements = statementsOf(policy) ?? [];
  if (statements.length === 0) return wrong('The isolation bucket has no policy.', updateDataPlane);
  const missing = Object.entries(wantedStatements).flatMap(([sid, wanted]) =>
    statements.some((statement) => denies(statement, wanted)) ? [] : [sid],
  );
  return problemsOr(ok(), [
    missing.length > 0
      ? wrong(
          `The policy of the isolation bucket does not deny what the template denies by ${missing.join(', ')}.`,
          updateDataPlane,
        )
      : undefined,
    statements.some(admitsEverybody)
      ? wrong('The policy of the isolation bucket admits everybody.', updateDataPlane)
      : undefined,
    statements.some((statement) => denies(statement, protectionStays))
      ? undefined
      : look(
          'Every administrator of the account can change what protects the isolation bucket.',
          'Name DeployRoleArns and BreakGlassRoleArns in the stack of data-plane.yaml.',
        ),
  ]);
}
