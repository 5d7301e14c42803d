import {
  createIdentifier,
  deleteIdentifier,
  listIdentifiers,
  testIdentifier,
} from '../../aws/macie/identifiers.ts';
import { createJob, describeJob, listJobs } from '../../aws/macie/jobs.ts';
import type { IdentifierDefinition } from '../../core/operate/macie/identifiers.ts';
import type { JobDefinition } from '../../core/operate/macie/jobs.ts';
import type { OperatorClients } from './clients.ts';

/** Macie of the command's region. */
export async function macieOf(clients: OperatorClients) {
  const client = await clients.macie(clients.region);
  return {
    identifiers: () => listIdentifiers(client),
    test: (defined: IdentifierDefinition, text: string) => testIdentifier(client, defined, text),
    create: (defined: IdentifierDefinition, token: string) => createIdentifier(client, defined, token),
    delete: (id: string) => deleteIdentifier(client, id),
    jobs: (name?: string) => listJobs(client, name),
    createJob: (job: JobDefinition, token: string) => createJob(client, job, token),
    describeJob: (id: string) => describeJob(client, id),
  };
}

export type OperatorMacie = Awaited<ReturnType<typeof macieOf>>;
