type Json = Readonly<Record<string, unknown>>;

/** What ECS, ECR and CloudWatch know of the workers. Tests change it. */
export interface RunningService {
  /** The service of ECS as DescribeServices answers; absent: it does not exist. */
  service: Json | undefined;
  image: string;
  imageTags: readonly string[];
  /** The values of metrics by their names, the newest first. */
  readonly metrics: Map<string, readonly number[]>;
  /** What CloudWatch says of its answer, if not `Complete`. */
  metricStatus?: string;
  /** The questions to CloudWatch, as it got them. */
  readonly asked: URLSearchParams[];
}

const digest = `sha256:${'ab'.repeat(32)}`;

/** Two workers that do well. */
export function runningService(version: string): RunningService {
  return {
    service: {
      status: 'ACTIVE',
      desiredCount: 2,
      runningCount: 2,
      pendingCount: 0,
      taskDefinition: 'arn:aws:ecs:us-east-1:000000000000:task-definition/macie-isolator-worker:7',
      deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', failedTasks: 0 }],
    },
    image: `000000000000.dkr.ecr.us-east-1.amazonaws.com/macie-isolator@${digest}`,
    imageTags: [`${version}-abababababab`],
    metrics: new Map([
      ['PeopleNotTold', [0, 0]],
      ['IsolationRefused', [0]],
      ['ApproximateAgeOfOldestMessage', [12, 700]],
    ]),
    asked: [],
  };
}

export const serviceOperations: Readonly<Record<string, (input: Json, state: RunningService) => Json>> = {
  DescribeServices({ cluster, services }, { service }) {
    const [name] = services as readonly string[];
    return service !== undefined && cluster === 'macie-isolator' && name === 'macie-isolator-worker'
      ? { services: [service], failures: [] }
      : { services: [], failures: [{ reason: 'MISSING' }] };
  },
  DescribeTaskDefinition: (_, { image }) => ({
    taskDefinition: {
      containerDefinitions: [
        { name: 'sidecar', image: 'sidecar:9.9.9' },
        { name: 'worker', image },
      ],
    },
  }),
  DescribeImages: ({ imageIds }, { image, imageTags }) => {
    const [{ imageDigest } = {}] = imageIds as readonly { readonly imageDigest?: string }[];
    return { imageDetails: image.endsWith(`@${imageDigest}`) ? [{ imageDigest, imageTags }] : [] };
  },
};

/** The answer to GetMetricData. */
export function metricData(form: URLSearchParams, state: RunningService): string {
  state.asked.push(form);
  const results = Array.from({ length: 500 }, (_, index) => `MetricDataQueries.member.${index + 1}`)
    .filter((query) => form.has(`${query}.Id`))
    .map((query) => {
      const values = state.metrics.get(form.get(`${query}.MetricStat.Metric.MetricName`) ?? '') ?? [];
      const members = values.map((value) => `<member>${value.toFixed(1)}</member>`).join('');
      const id = form.get(`${query}.Id`);
      const status = state.metricStatus ?? 'Complete';
      return `<member><Timestamps/><Values>${members}</Values><StatusCode>${status}</StatusCode><Id>${id}</Id><Label>${id}</Label></member>`;
    });
  return `<MetricDataResults>${results.join('')}</MetricDataResults>`;
}
