import type { FindingAtMacie } from '../findings-confirmer.ts';
import { parseFinding } from '../parse/parse-finding.ts';

/**
 * Reads a finding as Macie's API gives it. The parser of messages reads it, so that absent, null, empty and quoted values
 * compare as equal. A sample, a policy finding and a finding that does not identify its object are `not-actionable`. An
 * archived finding is real: a person may archive a finding whose message still waits in the queue.
 */
export function findingAtMacie(json: Readonly<Record<string, unknown>>): FindingAtMacie | 'not-actionable' {
  const parsed = parseFinding(JSON.stringify({ ...json, archived: false }), new Date(0));
  if (parsed.kind !== 'finding') return 'not-actionable';
  const { id, type, severity, object } = parsed.finding;
  return { id, object, ...(type !== undefined && { type }), ...(severity && { severity }) };
}
