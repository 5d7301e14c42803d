import * as z from 'zod';
import { regionPattern } from '../../core/region.ts';
import { endpoint } from '../setting-types.ts';

/** The settings of AWS: region, parameters, the agent of ECS, and endpoints of stand-ins. */
export const awsSettings = {
  AWS_REGION: z
    .string()
    .regex(regionPattern, 'must be an AWS region')
    .meta({ group: 'AWS', description: 'Region of the queue, the topic and the isolation bucket.' }),
  PARAMETER_PATH: z
    .string()
    .regex(/^(\/[\w.-]+)+\/?$/, 'must be a path such as /macie-isolator')
    .optional()
    .meta({
      group: 'AWS',
      description:
        'A path of SSM Parameter Store. A parameter directly under the path that has the name of a setting sets that setting, unless the environment does. The parameters are read once, at the start. A path without any parameter is an error, and so is a name in capitals that no setting has. The health check of the image reads no parameters: HOST and PORT that differ from the defaults belong in the environment.',
    }),
  ECS_AGENT_URI: endpoint(
    'ECS sets this variable in every task. If it is set, the worker protects its task from scale-in while a large copy runs.',
  ),
  AWS_ENDPOINT_URL: endpoint(
    'Endpoint of a stand-in for AWS, such as LocalStack. The SDK’s other AWS_* variables work as well.',
  ),
  AWS_ENDPOINT_URL_S3: endpoint('Endpoint of a stand-in for S3 only.'),
  AWS_ENDPOINT_URL_SQS: endpoint('Endpoint of a stand-in for SQS only.'),
  AWS_ENDPOINT_URL_SNS: endpoint('Endpoint of a stand-in for SNS only.'),
  AWS_ENDPOINT_URL_STS: endpoint('Endpoint of a stand-in for STS only.'),
  AWS_ENDPOINT_URL_SSM: endpoint('Endpoint of a stand-in for SSM only.'),
  AWS_ENDPOINT_URL_MACIE2: endpoint('Endpoint of a stand-in for Macie only.'),
  AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint('Endpoint of a stand-in for EventBridge only.'),
};
