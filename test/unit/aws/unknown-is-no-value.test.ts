import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Macie2Client } from '@aws-sdk/client-macie2';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import pLimit from 'p-limit';
import { afterEach, describe, expect, it } from 'vitest';
import { createFindingsArchive } from '../../../src/aws/macie/findings-archive.ts';
import { flaggedBuckets } from '../../../src/aws/macie/flagged-buckets.ts';
import { createIdentifier, listIdentifiers, testIdentifier } from '../../../src/aws/macie/identifiers.ts';
import { createJob, describeJob, listJobs } from '../../../src/aws/macie/jobs.ts';
import { createMacieConfirmer } from '../../../src/aws/macie/macie-confirmer.ts';
import { allowLists, archivingFilters, automatedDiscovery } from '../../../src/aws/macie/never-shown.ts';
import { listSamples } from '../../../src/aws/macie/samples.ts';
import { queueDepth } from '../../../src/aws/queue/queue-depth.ts';
import { createBucketPolicies } from '../../../src/aws/s3/bucket/bucket-policies.ts';
import { bucketSettings } from '../../../src/aws/s3/bucket/bucket-settings.ts';
import { createPolicyObject } from '../../../src/aws/s3/bucket/policy-object.ts';
import { createControlObjects } from '../../../src/aws/s3/isolation/control-objects.ts';
import { createCopyReader } from '../../../src/aws/s3/isolation/copy-reader.ts';
import { createEvidenceReader } from '../../../src/aws/s3/isolation/evidence-reader.ts';
import { createIsolationBucket } from '../../../src/aws/s3/isolation/isolation-bucket.ts';
import { storedObject } from '../../../src/aws/s3/object/stored-object.ts';
import { createSourceBuckets } from '../../../src/aws/s3/source/source-buckets.ts';
import { createSourceTags } from '../../../src/aws/s3/source/source-tags.ts';
import { createPolicyParameter } from '../../../src/aws/ssm/policy-parameter.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const owner = '111122223333';
const object = { accountId: owner, bucket: 'data', key: 'a.csv' };
const eTag = '"d41d8cd98f00b204e9800998ecf8427e"';
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(answer: Answer): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const jsonOf =
  (body: object | undefined): Answer =>
  (_, response) =>
    void response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify(body));

const common = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  maxAttempts: 1,
};

async function store(answer: Answer) {
  const client = new S3Client({
    ...common,
    endpoint: await listen(answer),
    forcePathStyle: true,
    cacheMiddleware: true,
  });
  closers.push(() => client.destroy());
  return {
    settings: bucketSettings(client, 'isolation', owner),
    policies: createBucketPolicies(client),
    source: createSourceBuckets({ clientFor: () => client, unconditionalDelete: 'never' }),
    isolation: createIsolationBucket({
      name: 'isolation',
      region: 'us-east-1',
      owner,
      client,
      sourceClientFor: () => client,
      multipartThresholdBytes: 1,
      multipart: { partBytes: 1, limit: pLimit(1) },
    }),
  };
}

/** A store whose HEAD has no Content-Length, with this answer to a range. */
const withoutLength = (range: (response: ServerResponse) => void) =>
  store((request, response) => {
    response.setHeader('etag', eTag);
    if (request.method === 'HEAD') return void response.end();
    return range(response);
  });

const refusedRange = (response: ServerResponse) =>
  void response
    .writeHead(416, { 'content-type': 'application/xml' })
    .end('<Error><Code>InvalidRange</Code><Message>not satisfiable</Message></Error>');

describe('a HEAD without Content-Length', () => {
  it.each<[string, (response: ServerResponse) => void, number]>([
    [
      'by a range',
      (response) => void response.writeHead(206, { 'content-range': 'bytes 0-0/42' }).end('x'),
      42,
    ],
    [
      'by the whole, where ranges are ignored',
      (response) => void response.setHeader('content-length', 3).end('abc'),
      3,
    ],
    ['by a range that there is not, of an empty object', refusedRange, 0],
  ])('is of a size that is told %s', async (_, range, sizeBytes) => {
    const { source, isolation } = await withoutLength(range);

    expect(await source.head(object)).toMatchObject({ sizeBytes });
    expect(await isolation.head('objects/x')).toMatchObject({ sizeBytes });
  });

  it.each<[string, (response: ServerResponse) => void]>([
    [
      'a range of an unknown whole',
      (response) => void response.writeHead(206, { 'content-range': 'bytes 0-0/*' }).end('x'),
    ],
    [
      'a whole without a length',
      (response) => {
        response.write('a');
        response.end('bc');
      },
    ],
  ])('is of no size, and never of none, where all that is told is %s', async (_, range) => {
    const { source, isolation } = await withoutLength(range);

    await expect(source.head(object)).rejects.toMatchObject({ reason: 'unverifiable-size' });
    await expect(isolation.head('objects/x')).rejects.toMatchObject({ code: 'AnswerWithoutLength' });
  });
});

describe('a listing of versions', () => {
  it.each(['<ETag>"e"</ETag>', '<Size>1</Size>', '<ETag>""</ETag><Size>1</Size>'])(
    'is not believed where a version has nothing but %s',
    async (has) => {
      const { source } = await store((_, response) => {
        const version = `<Version><Key>a.csv</Key><VersionId>v</VersionId><IsLatest>true</IsLatest>${has}</Version>`;
        response
          .setHeader('content-type', 'application/xml')
          .end(`<ListVersionsResult><IsTruncated>false</IsTruncated>${version}</ListVersionsResult>`);
      });

      await expect(source.listVersions(object)).rejects.toMatchObject({ code: 'ListingIncomplete' });
    },
  );
});

describe('a listing', () => {
  it.each<[string, string]>([
    ['an empty body', ''],
    ['the page of a proxy', '<html><body>Sign in</body></html>'],
    ['an empty element', '<ListBucketResult></ListBucketResult>'],
  ])('is not taken for an empty one where the answer is %s', async (_, body) => {
    const { source, isolation } = await store(
      (_request, response) => void response.setHeader('content-type', 'application/xml').end(body),
    );

    await expect(source.listVersions(object)).rejects.toMatchObject({ code: 'AnswerWithoutListing' });
    await expect(isolation.list('objects/x@')).rejects.toMatchObject({ code: 'AnswerWithoutListing' });
  });
});

/** What proxies answer in place of S3. The SDK calls all of them `NotFound`. */
const foreign404: readonly (readonly [string, string])[] = [
  ['an empty body', ''],
  ['the page of a proxy', '<html><body>404 Not Found</body></html>'],
];
const noSuchKey = '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>';

describe('an object of the isolation bucket', () => {
  const answering = async (status: number, body: string) =>
    (await store((_, response) => void response.writeHead(status).end(body))).isolation;

  it('is absent where S3 says so', async () => {
    expect(await (await answering(404, noSuchKey)).get('records/a.json')).toBeUndefined();
  });

  it.each(foreign404)('is not known to be absent where the answer is a 404 with %s', async (_, body) => {
    const reading = (await answering(404, body)).get('records/a.json');

    await expect(reading).rejects.toMatchObject({ code: 'NotFound' });
  });

  it('does not have the text of an answer without an ETag', async () => {
    const reading = (await answering(200, '<html><body>Sign in</body></html>')).get('records/a.json');

    await expect(reading).rejects.toMatchObject({ code: 'AnswerWithoutETag' });
  });

  it.each<[string, number]>([
    ['200', 200],
    ['204', 204],
  ])('is not known to be written where every answer is %s without an ETag', async (_, status) => {
    const writing = (await answering(status, '')).put('records/a.json', '{}');

    await expect(writing).rejects.toMatchObject({ code: 'AnswerWithoutETag' });
  });
});

describe('an answer to a GET without an ETag', () => {
  const page = '<html><body>Sign in</body></html>';
  async function clientOf(headers: Readonly<Record<string, string>>, body: string) {
    const endpoint = await listen((_, response) => void response.writeHead(200, headers).end(body));
    const client = new S3Client({ ...common, endpoint, forcePathStyle: true });
    closers.push(() => client.destroy());
    return client;
  }
  const stored = storedObject({ $metadata: {}, ETag: eTag, ContentLength: page.length });

  it('is no record of a command', async () => {
    const read = async (headers: Readonly<Record<string, string>>, body: string) =>
      createEvidenceReader({ client: await clientOf(headers, body), bucket: 'isolation', owner }).get('a');

    expect(await read({ etag: eTag }, '{}')).toBe('{}');
    await expect(read({}, page)).rejects.toMatchObject({ code: 'AnswerWithoutETag' });
  });

  it.each([page, ''])('is no copy: %j', async (body) => {
    const client = await clientOf({}, body);
    const { chunks } = createCopyReader(client, { bucket: 'isolation', owner }).read('a', stored, 'SHA256');
    const reading = async () => {
      for await (const _ of chunks);
    };

    await expect(reading()).rejects.toMatchObject({ code: 'AnswerWithoutETag' });
  });

  it('has no digest, though it is as long as the object', async () => {
    const { source, isolation } = await store((_, response) => void response.end(page));

    for (const hashing of [source.hash(object, stored, 'MD5'), isolation.hash('objects/x', stored, 'MD5')]) {
      await expect(hashing).rejects.toMatchObject({ code: 'AnswerWithoutETag' });
    }
  });

  it('has no size', async () => {
    const { source } = await store((request, response) => {
      if (request.method === 'HEAD') return void response.setHeader('etag', eTag).end();
      return void response.end(page);
    });

    await expect(source.head(object)).rejects.toMatchObject({ code: 'AnswerWithoutETag' });
  });

  it('is no policy', async () => {
    const read = async (headers: Readonly<Record<string, string>>) =>
      createPolicyObject(await clientOf(headers, page), { bucket: 'security', key: 'policy.yaml' })();

    expect(await read({ etag: eTag })).toMatchObject({ kind: 'text', version: eTag.replaceAll('"', '') });
    expect(await read({ 'x-amz-version-id': 'v1' })).toStrictEqual({
      kind: 'unreadable',
      problem: 's3://security/policy.yaml cannot be read (AnswerWithoutETag)',
    });
  });
});

describe('a policy in S3', () => {
  it('is unchanged only where an ETag was sent', async () => {
    const answers: Answer[] = [
      (_, response) => void response.writeHead(304).end(),
      (_, response) => void response.setHeader('etag', eTag).end('version: 1'),
      (_, response) => void response.writeHead(304).end(),
    ];
    const endpoint = await listen((request, response) => answers.shift()?.(request, response));
    const client = new S3Client({ ...common, endpoint, forcePathStyle: true });
    closers.push(() => client.destroy());
    const read = createPolicyObject(client, { bucket: 'security', key: 'policy.yaml' });

    expect(await read()).toStrictEqual({
      kind: 'unreadable',
      problem: 's3://security/policy.yaml cannot be read (HTTP304)',
    });
    expect(await read()).toMatchObject({ kind: 'text', text: 'version: 1' });
    expect(await read()).toStrictEqual({ kind: 'unchanged' });
  });
});

describe('a policy in Parameter Store', () => {
  it.each<[object, object]>([
    [{ Parameter: { Value: 'version: 1', Version: 3 } }, { kind: 'text', text: 'version: 1', version: '3' }],
    [{ Parameter: { Version: 3 } }, { kind: 'unreadable', problem: expect.stringContaining('WithoutValue') }],
    [{}, { kind: 'unreadable', problem: expect.stringContaining('WithoutValue') }],
  ])('of the answer %j is %j', async (answer, policy) => {
    const client = new SSMClient({ ...common, endpoint: await listen(jsonOf(answer)) });
    closers.push(() => client.destroy());

    expect(await createPolicyParameter(client, '/isolator/policy')()).toStrictEqual(policy);
  });
});

describe('a control object', () => {
  const objects = (etag: string) =>
    objectsOf((_, response) => void response.setHeader('etag', etag).end('{}'));
  const objectsAnswering404 = (body: string) =>
    objectsOf((_, response) => void response.writeHead(404).end(body));
  async function objectsOf(answer: Answer) {
    const endpoint = await listen(answer);
    const client = new S3Client({ ...common, endpoint, forcePathStyle: true });
    closers.push(() => client.destroy());
    const destination = (key: string) => ({ Bucket: 'isolation', Key: key, ExpectedBucketOwner: owner });
    return createControlObjects({ client, bucket: 'isolation', owner, destination });
  }

  it('is not read where its ETag is empty', async () => {
    const reading = (await objects('""')).read('control/pause.json');

    await expect(reading).rejects.toMatchObject({ code: 'AnswerWithoutETag' });
  });

  it('is absent where S3 says so', async () => {
    const { found } = await (await objectsAnswering404(noSuchKey)).read('control/pause.json');

    expect(found).toBeUndefined();
  });

  it.each(foreign404)('is not known to be absent where the answer is a 404 with %s', async (_, body) => {
    const reading = (await objectsAnswering404(body)).read('control/pause.json');

    await expect(reading).rejects.toMatchObject({ code: 'NotFound' });
  });

  it('is not known to be written where its ETag is empty', async () => {
    const written = await (await objects('""')).write('control/pause.json', '{}', undefined);

    expect(written).toStrictEqual({ kind: 'conflict' });
  });

  it('is read where a proxy made its ETag a weak one', async () => {
    const { found } = await (await objects(`W/${eTag}`)).read('control/pause.json');

    expect(found?.eTag).toBe(eTag.replaceAll('"', ''));
  });
});

describe('the tags of an object', () => {
  const tagsAnswered = async (body: string) => {
    const { source } = await store((_, response) => void response.end(body));
    return source.mayReadTags(object, undefined);
  };

  it('are none where S3 says so', async () => {
    expect(await tagsAnswered('<Tagging><TagSet></TagSet></Tagging>')).toBe(true);
  });

  it.each<[string, string]>([
    ['an empty body', ''],
    ['the page of a proxy', '<html><body>Sign in</body></html>'],
  ])('are not taken for none where the answer is %s', async (_, body) => {
    await expect(tagsAnswered(body)).rejects.toMatchObject({ code: 'AnswerWithoutTags' });
  });
});

describe('the tags of a version', () => {
  const fence = ['isolator-fenced', 'f1'] as const;
  const tagging = (...names: readonly string[]) =>
    `<Tagging><TagSet>${names.map((name) => `<Tag><Key>${name}</Key><Value>f1</Value></Tag>`).join('')}</TagSet></Tagging>`;

  /** A store that answers the call with these headers, and then shows these tags. */
  async function replaced(headers: Readonly<Record<string, string>>, shown: string, versionId?: string) {
    const endpoint = await listen((request, response) => {
      if (request.method === 'GET') response.end(shown);
      else response.writeHead(200, headers).end();
    });
    const client = new S3Client({ ...common, endpoint, forcePathStyle: true });
    closers.push(() => client.destroy());
    return createSourceTags(() => client).replace(object, versionId, [fence]);
  }
  const ofS3 = { 'x-amz-request-id': 'A1' };

  it('are replaced where S3 names the version', async () => {
    const answer = await replaced({ ...ofS3, 'x-amz-version-id': 'v1' }, tagging(), 'v1');

    expect(answer).toStrictEqual({ kind: 'replaced', versionId: 'v1' });
  });

  it('are replaced where S3 answers for an object without versions', async () => {
    expect(await replaced(ofS3, tagging())).toStrictEqual({ kind: 'replaced' });
  });

  it('are replaced where the answer does not say it, but the tags are there', async () => {
    expect(await replaced({}, tagging('isolator-fenced'), 'v1')).toStrictEqual({ kind: 'replaced' });
  });

  it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['a proxy answers', {}, 'v1'],
    ['a proxy answers for an object without versions', {}, undefined],
    ['the answer names no version', ofS3, 'v1'],
    ['the answer names another version', { ...ofS3, 'x-amz-version-id': 'v2' }, 'v1'],
  ])('are not known to be replaced where %s', async (_, headers, versionId) => {
    for (const shown of [tagging(), tagging('other'), tagging('isolator-fenced', 'other')]) {
      await expect(replaced(headers, shown, versionId)).rejects.toMatchObject({ code: 'NotTagged' });
    }
  });
});

describe('the versioning of a bucket', () => {
  it.each<[string, string]>([
    ['<Status>Enabled</Status>', 'enabled'],
    ['<Status>Suspended</Status>', 'suspended'],
    ['', 'never'],
  ])('with %s is %s', async (status, versioning) => {
    const { source } = await store((_, response) => {
      response
        .setHeader('content-type', 'application/xml')
        .end(`<VersioningConfiguration>${status}</VersioningConfiguration>`);
    });

    expect(await source.versioning(object)).toBe(versioning);
  });

  it('is not taken for none where it is not understood', async () => {
    const { source } = await store((_, response) => {
      response
        .setHeader('content-type', 'application/xml')
        .end('<VersioningConfiguration><Status>Novel</Status></VersioningConfiguration>');
    });

    await expect(source.versioning(object)).rejects.toMatchObject({ code: 'UnknownVersioning' });
  });

  it.each([
    '<?xml version="1.0" encoding="UTF-8"?>\n<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>',
    '<s3:VersioningConfiguration></s3:VersioningConfiguration>',
    '<GetBucketVersioningResponse xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></GetBucketVersioningResponse>',
  ])('is none where S3 answers %s', async (body) => {
    const { source } = await store((_, response) => void response.end(body));

    for (let call = 0; call < 2; call += 1) expect(await source.versioning(object)).toBe('never');
    expect(await source.needsMfa(object)).toBe(false);
  });

  it.each<[string, string]>([
    ['an empty body', ''],
    ['the page of a proxy', '<html><body>Sign in</body></html>'],
    ['a page that speaks of it', '<html><body><VersioningConfiguration/></body></html>'],
  ])('is not taken for none where the answer is %s', async (_, body) => {
    const { source, settings } = await store((_request, response) => void response.end(body));

    for (const asked of [source.versioning(object), source.needsMfa(object), settings.versioning()]) {
      await expect(asked).rejects.toMatchObject({ code: 'AnswerWithoutVersioning' });
    }
  });
});

describe('the policy of a bucket', () => {
  const answering = (status: number, body: string) =>
    store((_, response) => void response.writeHead(status, { 'content-type': 'application/xml' }).end(body));

  it('is none where S3 says so', async () => {
    const { policies, settings } = await answering(404, '<Error><Code>NoSuchBucketPolicy</Code></Error>');

    expect(await settings.policy()).toBeUndefined();
    expect(await policies.read(object)).toBeUndefined();
  });

  it('is not taken for none where the answer is empty', async () => {
    const { policies, settings } = await answering(200, '');

    for (const read of [settings.policy, () => policies.read(object)])
      await expect(read()).rejects.toMatchObject({ code: 'AnswerWithoutValue' });
  });
});

describe('an answer of Macie without a list', () => {
  const since = new Date(0);
  const clientOf = async (answer: object) => {
    const client = new Macie2Client({ ...common, endpoint: await listen(jsonOf(answer)) });
    closers.push(() => client.destroy());
    return client;
  };
  const archiveOf = (client: Macie2Client) => createFindingsArchive(async () => client);
  const asked: readonly (readonly [string, string, (client: Macie2Client) => Promise<unknown>])[] = [
    [
      'a confirmation',
      'findings',
      (client) => createMacieConfirmer(async () => client).find('f1', 'us-east-1'),
    ],
    [
      'a listing of findings',
      'findingIds',
      (client) => archiveOf(client).ids({ region: 'us-east-1', since, until: since }),
    ],
    ['the listed findings', 'findings', (client) => archiveOf(client).get('us-east-1', ['f1'])],
    ['the samples', 'findingIds', (client) => listSamples(client, since)],
    ['the flagged buckets', 'countsByGroup', (client) => flaggedBuckets(client, 1)],
    ['the identifiers', 'items', listIdentifiers],
    ['the jobs', 'items', (client) => listJobs(client)],
    ['the filters', 'findingsFilterListItems', archivingFilters],
    ['the allow lists', 'allowLists', allowLists],
  ];

  it.each(asked)('does not say that there are none: %s', async (_, list, ask) => {
    await expect(ask(await clientOf({}))).rejects.toMatchObject({ code: 'AnswerWithoutList' });
    await expect(ask(await clientOf({ [list]: [] }))).resolves.not.toThrow();
  });

  it('ends no halt', async () => {
    const answers = [
      { status: 403, body: { message: 'denied' } },
      { status: 200, body: {} },
      { status: 200, body: { findings: [] } },
    ];
    const endpoint = await listen((_, response) => {
      const { status, body } = answers.shift() ?? { status: 500, body: {} };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    const client = new Macie2Client({ ...common, endpoint });
    closers.push(() => client.destroy());
    const confirmer = createMacieConfirmer(async () => client);

    await expect(confirmer.find('f1', 'us-east-1')).rejects.toThrow();
    await expect(confirmer.probe()).rejects.toMatchObject({ code: 'AnswerWithoutList' });
    await confirmer.probe();
    expect(answers).toStrictEqual([]);
  });
});

describe('an answer of Macie without a value', () => {
  const identifier = {
    name: 'a',
    regex: 'b',
    keywords: [],
    ignoreWords: [],
    maximumMatchDistance: 50,
    tests: [],
  };
  const job = {
    name: 'a',
    isDaily: false,
    accountId: owner,
    buckets: ['data'],
    extensions: [],
    samplingPercentage: 100,
    identifierIds: [],
    managed: 'ALL' as const,
  };
  const clientOf = async (...bodies: readonly object[]) => {
    const left = [...bodies];
    const endpoint = await listen((request, response) => jsonOf(left.shift())(request, response));
    const client = new Macie2Client({ ...common, endpoint });
    closers.push(() => client.destroy());
    return client;
  };
  const listed = { items: [{ id: 'i1' }] };
  const state = { jobStatus: 'RUNNING' };

  it.each<[string, (client: Macie2Client) => Promise<unknown>, object[], object[][]]>([
    [
      'the id of a job that was created',
      (client) => createJob(client, job, 't'),
      [{ jobId: 'j1' }],
      [[{}], [{ jobId: '' }]],
    ],
    [
      'the id of an identifier that was created',
      (client) => createIdentifier(client, identifier, 't'),
      [{ customDataIdentifierId: 'i1' }],
      [[{}], [{ customDataIdentifierId: '' }]],
    ],
    [
      'how often an identifier matches',
      (client) => testIdentifier(client, identifier, 'x'),
      [{ matchCount: 0 }],
      [[{}]],
    ],
    [
      'what an identifier is',
      listIdentifiers,
      [listed, { id: 'i1', name: 'a', regex: 'b' }],
      [
        [{ items: [{}] }, {}],
        [listed, {}],
        [listed, { name: 'a' }],
        [listed, { regex: 'b' }],
      ],
    ],
    ['the state of a job', (client) => describeJob(client, 'j1'), [state], [[{}]]],
    [
      'what a job is',
      (client) => listJobs(client),
      [{ items: [{ jobId: 'j1', ...state }] }],
      [[{ items: [state] }], [{ items: [{ jobId: 'j1' }] }]],
    ],
    ['whether discovery is on', automatedDiscovery, [{ status: 'DISABLED' }], [[{}]]],
  ])('does not tell %s', async (_, ask, told, untold) => {
    await expect(ask(await clientOf(...told))).resolves.not.toThrow();
    for (const answers of untold) {
      await expect(ask(await clientOf(...answers))).rejects.toMatchObject({ code: 'AnswerWithoutValue' });
    }
  });
});

describe('the depth of a queue', () => {
  const all = {
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '2',
    ApproximateNumberOfMessagesDelayed: '0',
  };
  const depthOf = async (attributes: object | undefined) => {
    const endpoint = await listen((_, response) => {
      response
        .setHeader('content-type', 'application/x-amz-json-1.0')
        .end(JSON.stringify({ Attributes: attributes }));
    });
    const client = new SQSClient({ ...common, endpoint });
    closers.push(() => client.destroy());
    return queueDepth(client, `${endpoint}/111122223333/findings`);
  };

  it('is what SQS says', async () => {
    expect(await depthOf(all)).toEqual({ visible: 1, in_flight: 2, delayed: 0 });
  });

  it.each([
    undefined,
    {},
    { ...all, ApproximateNumberOfMessages: 'many' },
    { ApproximateNumberOfMessages: '1' },
  ])('is not known, and not 0, where SQS says %j', async (attributes) => {
    await expect(depthOf(attributes)).rejects.toMatchObject({ code: 'UnknownDepth' });
  });
});
