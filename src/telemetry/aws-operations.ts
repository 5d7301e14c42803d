/**
 * Returns the error codes with which failed calls are counted. Each operation has these series with the value
 * 0 from the start, so that its first failure shows. Every other code counts as `other`, because a server
 * chooses the codes. The log has the code.
 */
export function errorCodesOf(service: string): readonly string[] {
  if (service === 'macie2' || service === 'eventbridge' || service === 'ssm')
    return ['AccessDeniedException', 'ThrottlingException', 'other'];
  return service === 's3' ? ['AccessDenied', 'SlowDown', 'other'] : ['AccessDenied', 'other'];
}

/**
 * The operations that the worker's adapters call, so that each operation has its series from the start. A
 * test compares the list with src/aws.
 */
export const awsOperations = {
  eventbridge: ['PutEvents'],
  macie2: ['GetFindings'],
  s3: [
    'AbortMultipartUpload',
    'CompleteMultipartUpload',
    'CopyObject',
    'CreateMultipartUpload',
    'DeleteObject',
    'GetBucketRequestPayment',
    'GetBucketVersioning',
    'GetObject',
    'GetObjectAttributes',
    'GetObjectTagging',
    'HeadBucket',
    'HeadObject',
    'ListMultipartUploads',
    'ListObjectsV2',
    'ListObjectVersions',
    'ListParts',
    'PutObject',
    'PutObjectTagging',
    'UploadPartCopy',
  ],
  sns: ['Publish'],
  sqs: [
    'ChangeMessageVisibilityBatch',
    'DeleteMessageBatch',
    'GetQueueAttributes',
    'ReceiveMessage',
    'SendMessage',
  ],
  ssm: ['GetParameter'],
} as const;
