import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { Network, type StartedNetwork } from 'testcontainers';
import { afterAll } from 'vitest';
import { describeS3 } from '../support/s3-conformance.ts';
import { type LocalStack, startLocalStack } from './support/local-stack.ts';

let network: StartedNetwork | undefined;
let aws: LocalStack | undefined;
afterAll(async () => {
  await aws?.close();
  await network?.stop();
});

describeS3(
  'LocalStack',
  async () => {
    network = await new Network().start();
    const opened = await startLocalStack(network);
    aws = opened;
    return {
      client: opened.s3,
      createBucket: async (name, { objectLock }) => {
        await opened.s3.send(
          new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: objectLock }),
        );
      },
    };
  },
  {
    knownToDiffer: [
      // 501 NotImplemented.
      'If-Match on delete removes only what it names',
      // ExpectedBucketOwner is not looked at.
      'belong to an owner, and a wrong one is denied',
      // Any amount of it is taken.
      'are refused with more than 2 KB of metadata',
      // 400 InvalidArgument.
      'can be deleted again, which is no error',
      // It is taken.
      'is not to be had in a bucket that was made without',
      // It is one.
      'are read with it, and their ETag is no MD5',
      // So is a range.
      'can be copied whole from a small source, but no range of it',
      // The checksum of the whole is not looked at.
      'that are not the object its checksum says are refused',
      // They are shown as they are.
      'of uploads show keys in URL encoding',
      // They are taken.
      'above ten are refused',
      'are refused: a long key',
      'are refused: a long value',
      'are refused: no key',
      'are refused with an object: a long key',
      'are refused with an object: a long value',
      'are refused with an object: no key',
      // 500 InternalError.
      "are refused with an object: a key of AWS's own",
      // Signatures are not looked at.
      'whose headers go beyond ASCII are not signed as they are sent: Latin-1',
      'whose headers go beyond ASCII are not signed as they are sent: an accent',
      // They are taken.
      'with more than 8 KB of headers are refused',
      'with more than 2 KB of user metadata are refused',
      'that lock an object come with a checksum of its bytes',
    ],
  },
);
