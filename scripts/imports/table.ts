/** A room of `src/`, and what its files may import beside each other and node's own modules. */
export interface Row {
  /** A folder of `src/`, its subfolders included, or one file. */
  readonly room: string;
  /** Rooms, or files, whose files may be imported. A room does not include the rooms inside it that have a row. */
  readonly mayImport: readonly string[];
  readonly packages: readonly string[];
  /** Modules of node; absent: all of them. */
  readonly node?: readonly string[];
}

/** Vocabulary: the files directly in `core/` name the things that every room talks about. */
const nouns = 'core';

const rulesOfCore = [
  'core/evidence',
  'core/parse',
  'core/policy',
  'core/valve',
  'core/copy',
  'core/remove',
  'core/fence',
  'core/isolate',
  'core/confirm',
];
const wholeCore = [
  nouns,
  ...rulesOfCore,
  'core/operate',
  'core/deploy',
  'core/tell',
  'core/handle-finding.ts',
];

const belowCompose = [
  ...wholeCore,
  'flow',
  'aws/sdk',
  'aws/queue',
  'aws/s3/object',
  'aws/s3/bucket',
  'aws/s3/copy',
  'aws/s3/source',
  'aws/s3/isolation',
  'aws/macie',
  'aws/sns',
  'aws/eventbridge',
  'aws/ecs',
  'aws/ssm',
  'aws/cloudformation',
  'aws/registry',
  'aws/ec2',
  'aws/ecr',
  'aws/cloudwatch',
  'aws/iam',
  'aws/sts',
  'aws/kms',
  'aws/cloudtrail',
  'http',
  'telemetry',
  'config',
  'version.ts',
];

const pure = { node: ['node:crypto'], packages: [] } as const;
const sdk = ['@aws-sdk/*', '@smithy/*'] as const;

/**
 * Who may import whom, lowest room first: a room imports only from rooms above its own row, so there is no
 * circle of rooms. Types count as imports. The linter's rules are made from this table (`npm run imports`).
 */
export const importTable: readonly Row[] = [
  { room: 'version.ts', mayImport: [], packages: ['../package.json'] },
  { room: nouns, mayImport: [], node: ['node:crypto'], packages: ['zod'] },
  { room: 'core/evidence', mayImport: [nouns], node: ['node:crypto'], packages: ['zod'] },
  { room: 'core/parse', mayImport: [nouns, 'core/evidence'], node: [], packages: ['zod'] },
  { room: 'core/policy', mayImport: [nouns], node: ['node:crypto'], packages: ['zod'] },
  { room: 'core/valve', mayImport: [nouns, 'core/evidence'], node: [], packages: ['zod'] },
  { room: 'core/copy', mayImport: [nouns, 'core/evidence'], ...pure },
  { room: 'core/remove', mayImport: [nouns, 'core/evidence', 'core/copy'], ...pure },
  { room: 'core/fence', mayImport: [nouns, 'core/evidence', 'core/copy'], node: [], packages: ['zod'] },
  {
    room: 'core/isolate',
    mayImport: [nouns, 'core/evidence', 'core/copy', 'core/remove', 'core/fence'],
    ...pure,
  },
  {
    room: 'core/confirm',
    mayImport: [nouns, 'core/evidence', 'core/parse', 'core/copy'],
    node: [],
    packages: [],
  },
  {
    room: 'core/operate',
    mayImport: [nouns, 'core/evidence', 'core/parse', 'core/copy', 'core/policy', 'core/valve', 'core/fence'],
    node: ['node:crypto'],
    packages: ['zod'],
  },
  { room: 'core/deploy', mayImport: [nouns, 'core/operate'], node: [], packages: ['zod'] },
  { room: 'core/tell', mayImport: [nouns, 'core/evidence', 'core/policy', 'core/valve'], ...pure },
  {
    room: 'core/handle-finding.ts',
    mayImport: wholeCore.filter((room) => room !== 'core/handle-finding.ts'),
    ...pure,
  },
  { room: 'flow', mayImport: wholeCore, packages: [] },
  { room: 'aws/sdk', mayImport: [nouns], packages: [...sdk, 'undici'] },
  { room: 'aws/queue', mayImport: [...wholeCore, 'flow', 'aws/sdk'], packages: [...sdk, 'sqs-consumer'] },
  { room: 'aws/s3/object', mayImport: [...wholeCore, 'aws/sdk'], packages: [...sdk] },
  { room: 'aws/s3/bucket', mayImport: [...wholeCore, 'aws/sdk', 'aws/s3/object'], packages: [...sdk] },
  {
    room: 'aws/s3/copy',
    mayImport: [...wholeCore, 'aws/sdk', 'aws/s3/object'],
    packages: [...sdk, 'p-limit'],
  },
  {
    room: 'aws/s3/source',
    mayImport: [...wholeCore, 'aws/sdk', 'aws/s3/object', 'aws/s3/bucket', 'aws/s3/copy'],
    packages: [...sdk],
  },
  {
    room: 'aws/s3/isolation',
    mayImport: [...wholeCore, 'aws/sdk', 'aws/s3/object', 'aws/s3/copy'],
    packages: [...sdk],
  },
  { room: 'aws/macie', mayImport: [...wholeCore, 'aws/sdk'], packages: [...sdk] },
  { room: 'aws/sns', mayImport: [...wholeCore, 'aws/sdk'], packages: [...sdk] },
  { room: 'aws/eventbridge', mayImport: [...wholeCore, 'aws/sdk'], packages: [...sdk] },
  { room: 'aws/ecs', mayImport: [...wholeCore, 'aws/sdk'], packages: [] },
  { room: 'aws/ssm', mayImport: [...wholeCore, 'aws/sdk'], packages: [...sdk] },
  { room: 'aws/registry', mayImport: [nouns], packages: ['undici'] },
  { room: 'aws/ec2', mayImport: ['aws/sdk'], packages: [] },
  { room: 'aws/cloudwatch', mayImport: ['aws/sdk'], packages: [] },
  { room: 'aws/ecr', mayImport: ['aws/sdk'], packages: [...sdk] },
  {
    room: 'aws/cloudformation',
    mayImport: [...wholeCore, 'aws/sdk'],
    packages: [...sdk, 'yaml', 'zod'],
  },
  { room: 'aws/iam', mayImport: [...wholeCore, 'aws/sdk'], packages: [...sdk] },
  { room: 'aws/sts', mayImport: ['aws/sdk'], packages: [...sdk] },
  { room: 'aws/kms', mayImport: [...wholeCore, 'aws/sdk'], packages: [...sdk] },
  { room: 'aws/cloudtrail', mayImport: [...wholeCore, 'aws/sdk'], packages: [...sdk] },
  { room: 'http', mayImport: wholeCore, packages: ['fastify', 'prom-client'] },
  { room: 'telemetry', mayImport: wholeCore, packages: ['pino', 'prom-client'] },
  { room: 'config', mayImport: wholeCore, packages: ['yaml', 'zod'] },
  { room: 'compose', mayImport: belowCompose, packages: [...sdk, 'p-limit', 'pino'] },
  {
    room: 'cli',
    mayImport: [...wholeCore, 'config', 'compose', 'version.ts'],
    packages: ['close-with-grace', 'commander', 'string-width', 'zod'],
  },
  { room: '.', mayImport: ['cli', 'version.ts'], packages: [] },
];
