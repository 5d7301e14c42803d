import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandNames, notedCommands } from '../../../scripts/cli-page.ts';
import { generatedPages } from '../../../scripts/generated-pages.ts';
import { describeSettings } from '../../../src/cli/settings.ts';
import { checksOf } from '../../../src/compose/doctor/checks.ts';
import { type DoctorSettings, lookAt } from '../../../src/compose/doctor/looked-at.ts';
import { createOperatorClients } from '../../../src/compose/operator/clients.ts';
import { listSettings } from '../../../src/config/settings.ts';
import { outcomes } from '../../../src/core/outcome.ts';
import { commandLeaves } from '../../support/command-leaves.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('the generated documents', () => {
  it.each(Object.entries(generatedPages()))('%s is what npm run docs writes', (path, page) => {
    expect(read(path)).toBe(page);
  });

  it('has a command for each note about a command', () => {
    const names = commandNames().map((name) => name.replaceAll(' ', '-'));
    expect(notedCommands().filter((note) => !names.includes(note))).toEqual([]);
  });

  it.each(commandLeaves())('names each flag of %s, or its group', (name, command) => {
    const sections = new Map(
      read('docs/cli.md')
        .split(/^## /m)
        .map((text) => [text.split('\n')[0], text]),
    );
    const section = sections.get(name) ?? '';
    const named = [...section.matchAll(/\]\(#flags-of-([a-z-]+)\)/g)].map(([, group = '']) => {
      return `Flags of ${group.replaceAll('-', ' ')}`;
    });
    const shown = [section, ...named.map((group) => sections.get(group))].join('\n');

    expect(command.options.filter(({ flags }) => !shown.includes(`| \`${flags}\` |`))).toEqual([]);
  });

  it('has a row for each check of doctor', () => {
    const [table = ''] = /^\| check \| what[^]*?\n\n/m.exec(read('scripts/cli-page/doctor.md')) ?? [];
    const named = [...table.matchAll(/^\|(.*?)\|/gm)].flatMap(
      ([, cell = '']) => cell.match(/(?<=`)[^`,]+(?=`)/g) ?? [],
    );

    expect(named).toEqual(checksOf(anInstallation()).map(({ name }) => name));
  });

  it('the command line lists the same settings', () => {
    for (const { name } of listSettings()) expect(describeSettings()).toContain(name);
  });
});

function anInstallation() {
  const clients = createOperatorClients({ AWS_REGION: 'us-east-1' }, {});
  const settings: DoctorSettings = {
    QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/findings',
    ISOLATION_BUCKET: 'isolation',
    PARK_AFTER_RECEIVES: 5,
    MULTIPART_PART_BYTES: 1,
    MULTIPART_CONCURRENCY: 1,
    MULTIPART_THRESHOLD_BYTES: 1,
  };
  const options = {
    sourceBuckets: ['lake-raw'],
    urls: [],
    canary: true,
    probe: undefined,
    signal: AbortSignal.abort(),
    say: () => undefined,
  };
  return lookAt(clients, settings, options, async () => ({}));
}

describe('the README', () => {
  it('has a row for each outcome', () => {
    const rows = [...read('README.md').matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name = '']) => name);

    expect(rows.toSorted()).toEqual(Object.keys(outcomes).toSorted());
  });
});

describe('the threat model', () => {
  it('names tests that there are', () => {
    const named = new Set(read('docs/threat-model.md').match(/\btest\/[\w/.-]+\.ts\b/g) ?? []);

    expect(named.size).toBeGreaterThan(12);
    expect([...named].filter((path) => !existsSync(new URL(`../../../${path}`, import.meta.url)))).toEqual(
      [],
    );
  });
});

describe('the project', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;

  it('runs its tests on Node 24', () => {
    expect(process.version).toMatch(/^v24\./);
    expect(read('.node-version').trim()).toBe(manifest['devDependencies']?.['node']);
  });

  it('pins every dependency exactly', () => {
    const versions = Object.values({ ...manifest['dependencies'], ...manifest['devDependencies'] });

    expect(versions.length).toBeGreaterThan(10);
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('has no registry in its lock file', () => {
    expect(read('package-lock.json')).not.toMatch(
      /"resolved"|https?:\/\/(?!.*(funding|opencollective|github))registry/,
    );
  });
});
