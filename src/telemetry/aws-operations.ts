/**
 * The operations that the worker's adapters call, so that each has its series from the start. A test looks them
 * up in src/aws.
 */
export const awsOperations = {
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
} as const;
