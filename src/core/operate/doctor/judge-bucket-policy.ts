import { admitsEverybody, type PolicyStatement, statementsOf } from './statements.ts';
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

/** The statements of the template that no isolation bucket may lack, and what each must deny. */
export const wantedStatements: Readonly<Record<string, readonly string[]>> = {
  TlsOnly: ['s3:*'],
  RightKeyOnly: ['s3:PutObject'],
  KmsOnly: ['s3:PutObject'],
  NoKeyOfTheSender: ['s3:PutObject'],
  EvidenceStays: ['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'],
  EvidenceIsNotTamperedWith: [
    ...tags,
    ...replication,
    's3:DeleteObjectAnnotation',
    's3:PutObjectAcl',
    's3:PutObjectRetention',
    's3:PutObjectVersionAcl',
    's3:PutObjectVersionAnnotation',
    's3:UpdateObjectEncryption',
  ],
  OnlyOperatorsHold: ['s3:PutObjectLegalHold'],
  EvidenceIsNotOverwritten: ['s3:PutObject'],
  OnlyInvestigatorsRead: [
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
  OnlyTheWorkerRecords: ['s3:PutObject'],
  OnlyOperatorsReleaseAndPause: ['s3:PutObject'],
  OnlyOperatorsAndTheCheckProve: ['s3:PutObject'],
  OnlyTheWorkerAndMemberRolesCopy: [
    's3:AbortMultipartUpload',
    's3:PutObject',
    's3:PutObjectAnnotation',
    's3:PutObjectTagging',
  ],
};

/** Compares the policy of the isolation bucket with that of the template. */
export function judgeBucketPolicy(policy: string | undefined): Verdict {
  const statements = statementsOf(policy) ?? [];
  if (statements.length === 0) return wrong('The isolation bucket has no policy.', updateDataPlane);
  const missing = Object.entries(wantedStatements).flatMap(([sid, actions]) => {
    const found = statements.find(({ Sid }) => Sid === sid);
    return found !== undefined && denies(found, actions) ? [] : [sid];
  });
  const requests = statements.find(({ Sid }) => Sid === 'OnlyOperatorsReleaseAndPause');
  return problemsOr(ok(), [
    missing.length > 0
      ? wrong(
          `The policy of the isolation bucket does not deny what the template denies by ${missing.join(', ')}.`,
          updateDataPlane,
        )
      : undefined,
    requests !== undefined && !JSON.stringify(requests).includes('/requests/*')
      ? wrong('The policy of the isolation bucket lets others than operators put requests.', updateDataPlane)
      : undefined,
    statements.some(admitsEverybody)
      ? wrong('The policy of the isolation bucket admits everybody.', updateDataPlane)
      : undefined,
    statements.some(({ Sid }) => Sid === 'ProtectionStays')
      ? undefined
      : look(
          'Every administrator of the account can change what protects the isolation bucket.',
          'Name DeployRoleArns and BreakGlassRoleArns in the stack of data-plane.yaml.',
        ),
  ]);
}

function denies({ Action, Effect }: PolicyStatement, actions: readonly string[]): boolean {
  const denied = new Set<unknown>([Action].flat());
  return Effect === 'Deny' && (denied.has('s3:*') || actions.every((action) => denied.has(action)));
}
