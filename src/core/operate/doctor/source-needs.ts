import { fenceTag } from '../../fences.ts';
import { type Need, through, type WorkerPlace } from './worker-needs.ts';

/** The permissions that the worker needs at a source bucket of its own account. */
export function sourceNeeds(place: WorkerPlace, sourceBucket: string): readonly Need[] {
  const bucket = `arn:${place.partition}:s3:::${sourceBucket}`;
  const context = { 'aws:ResourceAccount': place.account };
  return [
    {
      to: `look into ${sourceBucket}`,
      actions: [
        's3:GetBucketRequestPayment',
        's3:GetBucketVersioning',
        's3:ListBucket',
        's3:ListBucketVersions',
      ],
      resource: bucket,
      context,
    },
    {
      to: `read and delete flagged objects of ${sourceBucket}`,
      actions: [
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:GetObject',
        's3:GetObjectAnnotation',
        's3:GetObjectAttributes',
        's3:GetObjectLegalHold',
        's3:GetObjectRetention',
        's3:GetObjectTagging',
        's3:GetObjectVersion',
        's3:GetObjectVersionAnnotation',
        's3:GetObjectVersionAttributes',
        's3:GetObjectVersionTagging',
      ],
      resource: `${bucket}/key`,
      context,
    },
    ...(place.fences ? tagsOfFence(`${bucket}/key`, sourceBucket, context) : []),
    {
      to: `decrypt objects of ${sourceBucket}`,
      actions: ['kms:Decrypt'],
      resource: `arn:${place.partition}:kms:${place.region}:${place.account}:key/any`,
      context: through('s3', place),
    },
  ];
}

/** The worker puts the tag on a version without it, and takes it from a version that has it. */
function tagsOfFence(resource: string, sourceBucket: string, context: Need['context']): readonly Need[] {
  const actions = ['s3:PutObjectTagging', 's3:PutObjectVersionTagging'];
  return [
    ['put the tag of the fence on', 's3:RequestObjectTag'] as const,
    ['take the tag of the fence from', 's3:ExistingObjectTag'] as const,
  ].map(([what, key]) => ({
    to: `${what} objects of ${sourceBucket}`,
    actions,
    resource,
    context: { ...context, [`${key}/${fenceTag}`]: 'finding' },
  }));
}
