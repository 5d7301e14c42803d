import { expect, it } from 'vitest';
import {
  bucketDenial,
  deniedActions,
  organizationDenial,
  uncoveredActions,
} from '../../../../src/core/fence/denial.ts';
import { type Installation, roleIn, sparedRoles } from '../../../../src/core/fence/spared-roles.ts';

const spared = ['arn:aws:iam::111122223333:role/isolation/macie-isolator-worker-eu-west-1'];
const tagged = { 's3:ExistingObjectTag/isolator-fenced': 'false' };

// Every action here is a way to read what is fenced, or to take the fence away.
it('the denial stops each way to read a tagged object and to take the tag away', () => {
  expect(deniedActions).toStrictEqual([
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
  ]);
});

it('the denial of a bucket is about its tagged objects, and spares the roles that are named', () => {
  expect(bucketDenial('arn:aws:s3:::lake-raw', spared)).toStrictEqual({
    Sid: 'IsolatorFence',
    Effect: 'Deny',
    Principal: '*',
    Action: deniedActions,
    Resource: 'arn:aws:s3:::lake-raw/*',
    Condition: { Null: tagged, ArnNotEquals: { 'aws:PrincipalArn': spared } },
  });
});

it('the denial of an organization spares these roles, and none of their names outside the organization', () => {
  const statement = { Effect: 'Deny', Principal: '*', Action: deniedActions, Resource: '*' };

  expect(organizationDenial('o-a1b2c3d4e5', spared)).toStrictEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'IsolatorFence',
        ...statement,
        Condition: { Null: tagged, ArnNotLike: { 'aws:PrincipalArn': spared } },
      },
      {
        Sid: 'IsolatorFenceOutsideTheOrganization',
        ...statement,
        Condition: { Null: tagged, StringNotEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
      },
    ],
  });
});

it('operators are told what no fence stops', () => {
  expect(uncoveredActions).toStrictEqual([
    ['overwriting', 's3:PutObject'],
    ['deleting', 's3:DeleteObject, s3:DeleteObjectVersion'],
    ['restoring from an archive', 's3:RestoreObject'],
    ['torrents', 's3:GetObjectTorrent, s3:GetObjectVersionTorrent'],
    ['replication', 's3:GetObjectVersionForReplication, s3:GetObjectVersionAnnotationForReplication'],
  ]);
});

const installation: Installation = {
  partition: 'aws-us-gov',
  accountId: '111122223333',
  region: 'us-gov-west-1',
  prefix: 'macie-isolator',
  rolePath: '/isolation/',
};
const own = (name: string) =>
  `arn:aws-us-gov:iam::111122223333:role/isolation/macie-isolator-${name}-us-gov-west-1`;

it('the fence of the own account spares worker, operators and investigators', () => {
  expect(sparedRoles(installation, '111122223333')).toStrictEqual([
    own('worker'),
    own('operator'),
    own('investigator'),
  ]);
});

it('the fence of another account spares its member role too', () => {
  expect(sparedRoles(installation, '444455556666')).toStrictEqual([
    own('worker'),
    'arn:aws-us-gov:iam::444455556666:role/isolation/macie-isolator-member',
    own('operator'),
    own('investigator'),
  ]);
});

it('the role that probes a fence has the same name in every account', () => {
  expect(roleIn('*', installation, 'fence-probe')).toBe(
    'arn:aws-us-gov:iam::*:role/isolation/macie-isolator-fence-probe',
  );
});
