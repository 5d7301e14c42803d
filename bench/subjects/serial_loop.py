"""The original's work: copy, then delete, one finding after the other. Prints the seconds it took."""

import os
import sys
import time

import boto3

count = int(sys.argv[1])
s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")


def move(index):
    key = f"data/object-{index}.csv"
    s3.copy_object(Bucket="isolation", Key=key, CopySource={"Bucket": "lake", "Key": key})
    s3.delete_object(Bucket="lake", Key=key)


move(-1)
started = time.perf_counter()
for index in range(count):
    move(index)
print(time.perf_counter() - started)
