import { CopyObjectCommand, DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** serial_loop.py in this language, for machines without Python. Prints the seconds it took. */
const count = Number(process.argv[2]);
const s3 = new S3Client({
  region: 'us-east-1',
  forcePathStyle: true,
  endpoint: process.env['AWS_ENDPOINT_URL'] ?? '',
});

async function move(index: number): Promise<void> {
  const Key = `data/object-${index}.csv`;
  await s3.send(new CopyObjectCommand({ Bucket: 'isolation', Key, CopySource: `lake/${Key}` }));
  await s3.send(new DeleteObjectCommand({ Bucket: 'lake', Key }));
}

await move(-1);
const startedAt = performance.now();
for (let index = 0; index < count; index += 1) await move(index);
process.stdout.write(String((performance.now() - startedAt) / 1000));
