import { fenceTag } from '../fences.ts';

/**
 * What the fence denies about an object that has the tag: reading it, taking the tag away, and what lets somebody
 * read it by another way. Each of these actions knows the condition `s3:ExistingObjectTag` (Service Authorization
 * Reference of S3).
 */
export const deniedActions = [
  's3:DeleteObjectTagging',
  's3:DeleteObjectVersionTagging',
  's3:GetObject',
  's3:GetObjectAnnotation',
  's3:GetObjectAttributes',
  's3:GetObjectVersion',
  's3:GetObjectVersionAnnotation',
  's3:GetObjectVersionAttributes',
  's3:ListObjectAnnotations',
  's3:ListObjectVersionAnnotations',
  's3:PutObjectAcl',
  's3:PutObjectTagging',
  's3:PutObjectVersionAcl',
  's3:PutObjectVersionTagging',
  's3:UpdateObjectEncryption',
] as const;

/** Actions that S3 decides without the object's tags. No fence stops them. */
export const uncoveredActions: readonly (readonly [what: string, actions: string])[] = [
  ['overwriting', 's3:PutObject'],
  ['deleting', 's3:DeleteObject, s3:DeleteObjectVersion'],
  ['restoring from an archive', 's3:RestoreObject'],
  ['torrents', 's3:GetObjectTorrent, s3:GetObjectVersionTorrent'],
  ['replication', 's3:GetObjectVersionForReplication, s3:GetObjectVersionAnnotationForReplication'],
];

/** The name of our statement, by which it is found and replaced. */
export const fenceSid = 'IsolatorFence';

export interface DenialStatement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Principal: '*';
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A request without a principal, or of an AWS service, has no `aws:PrincipalArn`; the condition then denies it. */
function statement(
  Sid: string,
  Resource: string,
  unless: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>,
): DenialStatement {
  const Condition = { Null: { [`s3:ExistingObjectTag/${fenceTag}`]: 'false' }, ...unless };
  return { Sid, Effect: 'Deny', Principal: '*', Action: deniedActions, Resource, Condition };
}

/** The denial of one bucket. `spared` are whole ARNs of roles. */
export function bucketDenial(bucketArn: string, spared: readonly string[]): DenialStatement {
  return statement(fenceSid, `${bucketArn}/*`, { ArnNotEquals: { 'aws:PrincipalArn': spared } });
}

/**
 * The denial of every bucket of an organization, as a resource control policy. The member role has the same name in
 * each account, so its account is a wildcard; the second statement keeps roles of this name in other organizations out.
 */
export function organizationDenial(
  organizationId: string,
  spared: readonly string[],
): { readonly Version: string; readonly Statement: readonly DenialStatement[] } {
  return {
    Version: '2012-10-17',
    Statement: [
      statement(fenceSid, '*', { ArnNotLike: { 'aws:PrincipalArn': spared } }),
      statement(`${fenceSid}OutsideTheOrganization`, '*', {
        StringNotEquals: { 'aws:PrincipalOrgID': organizationId },
      }),
    ],
  };
}
