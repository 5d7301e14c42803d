#!/usr/bin/env bash
# Run by LocalStack once it is up: deploys the template that AWS gets, and subscribes a queue to the alerts,
# which stands for a mailbox.
set -euo pipefail

stack=macie-isolator
awslocal cloudformation create-stack --stack-name $stack --capabilities CAPABILITY_NAMED_IAM \
  --template-body file:///opt/macie-isolator/data-plane.yaml \
  --parameters \
  ParameterKey=IsolationBucketName,ParameterValue=isolation \
  ParameterKey=AlertEmail,ParameterValue=security@example.com \
  ParameterKey=AlertPhone,ParameterValue=+15555550100 \
  ParameterKey=DataBucketVersioning,ParameterValue=versioned

# `aws cloudformation wait` asks every thirty seconds only.
while status=$(awslocal cloudformation describe-stacks --stack-name $stack \
  --query 'Stacks[0].StackStatus' --output text) && [[ $status == CREATE_IN_PROGRESS ]]; do
  sleep 0.2
done
if [[ $status != CREATE_COMPLETE ]]; then
  echo "The stack $stack is $status:" >&2
  awslocal cloudformation describe-stack-events --stack-name $stack \
    --query 'StackEvents[?contains(ResourceStatus, `FAILED`)].[LogicalResourceId, ResourceStatusReason]' >&2
  exit 1
fi

awslocal sqs create-queue --queue-name macie-isolator-inbox
account=$(awslocal sts get-caller-identity --query Account --output text)
awslocal sns subscribe \
  --topic-arn "arn:aws:sns:$AWS_DEFAULT_REGION:$account:macie-isolator-alerts" \
  --protocol sqs \
  --notification-endpoint "arn:aws:sqs:$AWS_DEFAULT_REGION:$account:macie-isolator-inbox"
