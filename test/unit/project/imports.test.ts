import { execFile } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { lintConfiguration } from '../../../scripts/imports/configuration.ts';
import { arrowsAmong, circles, forbidden } from '../../../scripts/imports/measure.ts';
import { importTable } from '../../../scripts/imports/table.ts';

const run = promisify(execFile);
const root = new URL('../../../', import.meta.url).pathname;
const shipped = globSync('**/*.ts', { cwd: `${root}src`, exclude: ['local/**'] });

describe('the import rules', () => {
  it('of the linter are what `npm run imports` writes', () => {
    const present = readFileSync(`${root}.oxlintrc.json`, 'utf8');

    expect(JSON.parse(present)).toEqual(JSON.parse(lintConfiguration(present)));
  });

  it('let a room import only rooms with a row above its own', () => {
    const upwards = importTable.flatMap(({ mayImport, room }, row) =>
      mayImport
        .filter((other) => importTable.findIndex((one) => one.room === other) >= row)
        .map((other) => `${room} -> ${other}`),
    );

    expect(upwards).toEqual([]);
  });

  it('have a row for every folder that ships', () => {
    const folders = new Set(shipped.map((file) => dirname(file)));
    const withoutRow = [...folders].filter(
      (folder) => !importTable.some(({ room }) => folder === room || folder.startsWith(`${room}/`)),
    );

    expect(withoutRow).toEqual([]);
  });
});

describe('the sources', () => {
  const arrows = arrowsAmong(shipped, `${root}src`);

  it('import nothing that the table does not open to them', () => {
    expect(forbidden(arrows)).toEqual([]);
  });

  it('have no circle of files, types and stand-ins included', () => {
    const all = globSync('**/*.ts', { cwd: `${root}src` });

    expect(circles(arrowsAmong(all, `${root}src`))).toEqual([]);
  });
});

/** In each room one import that its row allows, and at least one that it does not. */
const probes: Readonly<Record<string, { allowed: string; forbidden: readonly string[] }>> = {
  'version.ts': { allowed: '../package.json', forbidden: ['./compose/worker.ts'] },
  'core/probe.ts': { allowed: './finding.ts', forbidden: ['./copy/proof.ts', './handle-finding.ts', 'pino'] },
  'core/evidence/probe.ts': {
    allowed: '../finding.ts',
    forbidden: ['../copy/proof.ts', '@aws-sdk/client-s3'],
  },
  'core/parse/probe.ts': {
    allowed: '../evidence/provenance.ts',
    forbidden: ['../tell/record.ts', 'node:fs'],
  },
  'core/valve/probe.ts': { allowed: '../evidence/keys.ts', forbidden: ['../copy/proof.ts'] },
  'core/policy/probe.ts': { allowed: '../finding.ts', forbidden: ['../evidence/provenance.ts'] },
  'core/copy/probe.ts': { allowed: '../evidence/provenance.ts', forbidden: ['../remove/plan-removal.ts'] },
  'core/remove/probe.ts': { allowed: '../copy/proof.ts', forbidden: ['../isolate/isolate.ts'] },
  'core/fence/probe.ts': { allowed: '../evidence/keys.ts', forbidden: ['../isolate/isolate.ts', 'node:fs'] },
  'core/isolate/probe.ts': { allowed: '../remove/plan-removal.ts', forbidden: ['../tell/record.ts'] },
  'core/confirm/probe.ts': {
    allowed: '../parse/parse-finding.ts',
    forbidden: ['../isolate/isolate.ts', 'node:fs'],
  },
  'core/operate/probe.ts': { allowed: '../copy/proof.ts', forbidden: ['../isolate/isolate.ts'] },
  'core/deploy/probe.ts': {
    allowed: '../operate/doctor/verdict.ts',
    forbidden: ['../evidence/keys.ts', '../tell/record.ts'],
  },
  'core/tell/probe.ts': { allowed: '../policy/policy.ts', forbidden: ['../isolate/isolate.ts'] },
  'core/handle-finding.ts': {
    allowed: './tell/record.ts',
    forbidden: ['../aws/sns/alerts.ts', '../telemetry/metrics.ts'],
  },
  'flow/probe.ts': {
    allowed: '../core/ports.ts',
    forbidden: ['@aws-sdk/client-s3', '../aws/sdk/clients.ts'],
  },
  'aws/sdk/probe.ts': {
    allowed: '../../core/errors.ts',
    forbidden: ['../../core/copy/proof.ts', '../s3/object/crc.ts'],
  },
  'aws/queue/probe.ts': { allowed: '../../flow/gate.ts', forbidden: ['../s3/object/crc.ts', 'fastify'] },
  'aws/s3/object/probe.ts': {
    allowed: '../../sdk/aws-errors.ts',
    forbidden: ['../copy/copy-source.ts', '../../queue/queue.ts', '../../../flow/gate.ts'],
  },
  'aws/s3/bucket/probe.ts': { allowed: '../object/list-keys.ts', forbidden: ['../copy/copy-source.ts'] },
  'aws/s3/copy/probe.ts': {
    allowed: '../object/etag.ts',
    forbidden: ['../source/source-head.ts', '../isolation/isolation-bucket.ts', '../../../flow/gate.ts'],
  },
  'aws/s3/source/probe.ts': {
    allowed: '../copy/copy-source.ts',
    forbidden: ['../isolation/isolation-bucket.ts', '../../queue/queue.ts'],
  },
  'aws/s3/isolation/probe.ts': {
    allowed: '../copy/copy-source.ts',
    forbidden: ['../source/source-head.ts', '../../queue/queue.ts'],
  },
  'aws/macie/probe.ts': {
    allowed: '../../core/confirm/finding-at-macie.ts',
    forbidden: ['../s3/object/crc.ts', '../../flow/gate.ts'],
  },
  'aws/sns/probe.ts': { allowed: '../sdk/aws-errors.ts', forbidden: ['../s3/object/crc.ts'] },
  'aws/eventbridge/probe.ts': { allowed: '../../core/outcome-event.ts', forbidden: ['../s3/object/crc.ts'] },
  'aws/ecs/probe.ts': {
    allowed: '../../core/ports.ts',
    forbidden: ['../s3/object/crc.ts', '@aws-sdk/client-s3'],
  },
  'aws/ssm/probe.ts': { allowed: '@aws-sdk/client-ssm', forbidden: ['../s3/object/crc.ts'] },
  'aws/cloudformation/probe.ts': { allowed: '../sdk/pinned.ts', forbidden: ['../s3/object/crc.ts'] },
  'aws/registry/probe.ts': {
    allowed: '../../core/json.ts',
    forbidden: ['../sdk/pinned.ts', '@aws-sdk/client-ecr'],
  },
  'aws/ec2/probe.ts': {
    allowed: '../sdk/signed-call.ts',
    forbidden: ['../../core/json.ts', '@aws-sdk/client-ec2'],
  },
  'aws/cloudwatch/probe.ts': {
    allowed: '../sdk/signed-call.ts',
    forbidden: ['../../core/json.ts', '@aws-sdk/client-cloudwatch'],
  },
  'aws/ecr/probe.ts': {
    allowed: '../sdk/pinned.ts',
    forbidden: ['../registry/blobs.ts', '../../core/errors.ts'],
  },
  'aws/iam/probe.ts': {
    allowed: '../../core/operate/doctor/worker-needs.ts',
    forbidden: ['../s3/object/crc.ts'],
  },
  'aws/kms/probe.ts': {
    allowed: '../../core/operate/doctor/judge-key.ts',
    forbidden: ['../s3/object/crc.ts'],
  },
  'aws/cloudtrail/probe.ts': {
    allowed: '../../core/operate/doctor/judge-trail.ts',
    forbidden: ['../s3/object/crc.ts'],
  },
  'aws/sts/probe.ts': {
    allowed: '../sdk/pinned.ts',
    forbidden: ['../s3/object/crc.ts', '../../core/errors.ts'],
  },
  'http/probe.ts': { allowed: 'fastify', forbidden: ['@aws-sdk/client-sqs', '../telemetry/metrics.ts'] },
  'telemetry/probe.ts': { allowed: 'pino', forbidden: ['../compose/worker.ts', '../http/server.ts'] },
  'config/probe.ts': { allowed: 'zod', forbidden: ['../telemetry/metrics.ts', '@aws-sdk/client-s3'] },
  'compose/probe.ts': {
    allowed: '../aws/s3/object/crc.ts',
    forbidden: ['../cli/worker.ts', '../local/s3/start-s3.ts'],
  },
  'cli/probe.ts': {
    allowed: '../compose/worker.ts',
    forbidden: ['../aws/s3/object/crc.ts', '../local/s3/start-s3.ts'],
  },
  'probe.ts': { allowed: './cli/worker.ts', forbidden: ['./local/s3/start-s3.ts', './compose/worker.ts'] },
};

describe('the linter', () => {
  it('has a probe for each row', () => {
    const probed = Object.keys(probes).flatMap((file) => [file, dirname(file)]);

    expect(importTable.filter(({ room }) => !probed.includes(room))).toEqual([]);
  });

  it('catches each import that no row allows, as a value, a type and a dynamic import, and no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'isolator-imports-'));
    try {
      copyFileSync(`${root}.oxlintrc.json`, `${folder}/.oxlintrc.json`);
      const expected: string[] = [];
      for (const [file, { allowed, forbidden: wrong }] of Object.entries(probes)) {
        const path = `${folder}/src/${file}`;
        mkdirSync(dirname(path), { recursive: true });
        const lines = [
          `import { a } from '${allowed}';`,
          ...wrong.flatMap((name, index) => [
            `import { b${index} } from '${name}';`,
            `import type { C${index} } from '${name}';`,
            `export const d${index} = await import('${name}');`,
          ]),
        ];
        writeFileSync(path, `${lines.join('\n')}\n`);
        expected.push(...wrong.flatMap((name) => Array<string>(3).fill(`src/${file} ${name}`)));
      }

      const found = await restricted(folder);

      expect(found.toSorted()).toEqual(expected.toSorted());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Each import that the rule refuses, with its file, in one run of the linter. */
async function restricted(folder: string): Promise<string[]> {
  const report = await run('oxlint', ['--format', 'json', 'src'], { cwd: folder, maxBuffer: 1e8 }).catch(
    (error: unknown) => error as { stdout: string },
  );
  const { diagnostics } = JSON.parse(report.stdout) as {
    diagnostics: readonly { code: string; filename: string; message: string }[];
  };
  return diagnostics
    .filter(({ code }) => code.includes('no-restricted-imports'))
    .map(({ filename, message }) => `${filename} ${/^'([^']+)'/.exec(message)?.[1]}`);
}

describe('the keys of the isolation bucket', () => {
  it('are written in one file alone: what lists or reads them must not spell them again', () => {
    const spelled =
      /(['"`])(objects|objects-hashed|provenance|records|releases|requests|rejected|access|control)\//;
    const files = globSync('**/*.ts', { cwd: `${root}src` });

    const code = (file: string) =>
      readFileSync(`${root}src/${file}`, 'utf8').replaceAll(/^ *(\/\/|\/?\*).*$/gm, '');
    expect(files.filter((file) => spelled.test(code(file)))).toEqual(['core/evidence/keys.ts']);
  });
});
