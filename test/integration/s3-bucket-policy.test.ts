import {
  CopyObjectCommand,
  DeleteObjectTaggingCommand,
  GetBucketPolicyCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3StandIn, startS3 } from '../../src/local/s3/start-s3.ts';

const investigator = 'arn:aws:iam::000000000000:role/investigator';
const actions = [
  's3:GetObject',
  's3:GetObjectVersion',
  's3:GetObjectAttributes',
  's3:PutObjectTagging',
  's3:DeleteObjectTagging',
  's3:DeleteObjectVersionTagging',
];
const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: actions,
      Resource: 'arn:aws:s3:::lake/*',
      Condition: {
        Null: { 's3:ExistingObjectTag/isolator-fenced': 'false' },
        ArnNotEquals: { 'aws:PrincipalArn': [investigator] },
      },
    },
  ],
};

let standIn: S3StandIn;
const as = (accessKeyId: string) =>
  new S3Client({
    region: 'us-east-1',
    endpoint: standIn.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey: 'local' },
  });
let anybody: S3Client;
const object = { Bucket: 'lake', Key: 'a' };
const tag = (Key: string) =>
  new PutObjectTaggingCommand({ ...object, Tagging: { TagSet: [{ Key, Value: 'x' }] } });

beforeAll(async () => {
  standIn = await startS3({
    principalOf: (key) =>
      key === 'investigator'
        ? 'arn:aws:sts::000000000000:assumed-role/investigator/ada'
        : 'arn:aws:iam::000000000000:user/root-like',
  });
  standIn.store.createBucket('lake', { versioning: 'enabled' });
  anybody = as('anybody');
});
afterAll(() => standIn.close());

describe('the bucket policy of the S3 stand-in', () => {
  it('is absent until it is put, and is read as it was put', async () => {
    await expect(anybody.send(new GetBucketPolicyCommand({ Bucket: 'lake' }))).rejects.toMatchObject({
      name: 'NoSuchBucketPolicy',
      $metadata: { httpStatusCode: 404 },
    });
    const Policy = JSON.stringify(policy);
    await anybody.send(new PutBucketPolicyCommand({ Bucket: 'lake', Policy }));

    expect((await anybody.send(new GetBucketPolicyCommand({ Bucket: 'lake' }))).Policy).toBe(Policy);
  });

  it.each(['', '{', '{"Version":"2012-10-17"}'])('is refused where it is none: %j', async (Policy) => {
    await expect(anybody.send(new PutBucketPolicyCommand({ Bucket: 'lake', Policy }))).rejects.toMatchObject({
      name: 'MalformedPolicy',
    });
  });

  it('denies what has the tag to all but the roles that it names, and nothing else', async () => {
    const { VersionId } = await anybody.send(new PutObjectCommand({ ...object, Body: 'a' }));
    const calls = [
      () => new GetObjectCommand(object),
      () => new GetObjectCommand({ ...object, VersionId }),
      () => new HeadObjectCommand(object),
      () => new GetObjectAttributesCommand({ ...object, ObjectAttributes: ['ETag'] }),
      () => new CopyObjectCommand({ Bucket: 'lake', Key: 'b', CopySource: 'lake/a' }),
      () => new CopyObjectCommand({ Bucket: 'lake', Key: 'b', CopySource: `lake/a?versionId=${VersionId}` }),
      () => tag('isolator-fenced'),
      () => new DeleteObjectTaggingCommand(object),
      () => new DeleteObjectTaggingCommand({ ...object, VersionId }),
    ] as const;
    const send = (client: S3Client, call: (typeof calls)[number]) =>
      client.send(call() as GetObjectCommand).then(
        () => 200,
        (error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode,
      );
    const untagged = [];
    for (const call of calls.slice(0, 6)) untagged.push(await send(anybody, call));
    await anybody.send(tag('isolator-fenced'));
    const tagged = [];
    for (const call of calls) tagged.push(await send(anybody, call));
    const spared = [];
    for (const call of calls) spared.push(await send(as('investigator'), call));

    expect(untagged).toEqual(Array(6).fill(200));
    expect(tagged).toEqual(Array(9).fill(403));
    expect(spared).toEqual(Array(9).fill(200));
  });

  it('shows the tags of a fenced object, and lets it be overwritten, as S3 does', async () => {
    await anybody.send(new PutObjectCommand({ ...object, Body: 'b', Tagging: 'isolator-fenced=x' }));

    const { TagSet } = await anybody.send(new GetObjectTaggingCommand(object));
    await anybody.send(new PutObjectCommand({ ...object, Body: 'c' }));

    expect(TagSet).toEqual([{ Key: 'isolator-fenced', Value: 'x' }]);
    expect((await anybody.send(new GetObjectCommand(object))).ContentLength).toBe(1);
  });
});
