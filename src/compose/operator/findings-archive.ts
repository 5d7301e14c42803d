import { createFindingsArchive } from '../../aws/macie/findings-archive.ts';
import type { FindingsArchive } from '../../core/operate/list-findings.ts';
import type { OperatorClients } from './clients.ts';

/** Macie's findings, asked with the operator's own credentials. */
export function findingsArchiveOf(clients: OperatorClients): FindingsArchive {
  return createFindingsArchive((region) => clients.macie(region));
}
