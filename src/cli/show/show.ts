import { releaseSettings } from '../../compose/operator/release.ts';
import { storyOf } from '../../compose/operator/story.ts';
import { objectDigest } from '../../core/evidence/keys.ts';
import type { FlaggedObject } from '../../core/finding.ts';
import { findRecordNames } from '../../core/operate/records/find-records.ts';
import { candidatesOf, type FindingName } from '../../core/operate/records/finding-name.ts';
import {
  findingOfEvidence,
  findingsOfCopies,
  findingsOfRecords,
  type Place,
} from '../../core/operate/records/findings-about.ts';
import type { RecordName } from '../../core/operate/records/record-names.ts';
import type { Story } from '../../core/operate/story/story.ts';
import { type StoryPorts, tellStories } from '../../core/operate/story/tell-stories.ts';
import { ambiguous, findingNamed, noRecord } from '../finding-id.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { jsonText } from '../frame/json-text.ts';
import { momentOf } from '../frame/moment.ts';
import type { OutputFlags } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { visible } from '../frame/terminal.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { looksLikeUri, placeOfUri } from '../s3-uri.ts';
import { type Section, sectionNames, sectionsOf } from './show-sections.ts';
import { textOf } from './show-text.ts';

export interface ShowFlags extends OperatorFlags, OutputFlags {
  readonly since?: string;
}

/** Shows what is known about a finding, or about every finding of an object. */
export async function runShow(what: string, flags: ShowFlags, context: CommandContext): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const chosen = chosenSections(flags);
  const place = looksLikeUri(what) ? placeOfUri(what) : undefined;
  const named = place === undefined ? [findingNamed(what)] : [];
  const since = flags.since === undefined ? undefined : momentOf('--since', flags.since, new Date(), 'start');
  if (place === undefined && since !== undefined) throw uselessSince();
  const { clients, settings } = await openOperator(flags, context, releaseSettings);
  const isEvidence = place?.bucket === settings.ISOLATION_BUCKET;
  if (isEvidence && since !== undefined) throw uselessSince();
  const ports = storyOf(clients, settings);
  progress.say('Looking for the records');
  const findings =
    place === undefined ? named : await findingsAt(place, settings.ISOLATION_BUCKET, since, ports);
  const stories = [];
  const namesFound: RecordName[] = [];
  for (const { id, object: digest } of findings) {
    signal.throwIfAborted();
    progress.say(`Reading the records of ${id}`);
    const names = await findRecordNames(id, ports.evidence);
    if (digest === undefined) namesFound.push(...names);
    if (place === undefined && digest === undefined) checkNames(what, names);
    const isMeant = (object: FlaggedObject | undefined) =>
      digest === undefined ? isAt(place, object, settings.ISOLATION_BUCKET) : objectDigest(object) === digest;
    stories.push(...(await tellStories(names, ports, isMeant)));
  }
  if (place === undefined) checkObjects(what, stories);
  progress.clear();
  if (stories.length === 0 && place === undefined) throw noRecord(what, namesFound[0]?.recordKey);
  if (stories.length === 0) throw new CommandError(noRecordText(what, isEvidence, since));
  const shown = stories.map(sectionsOf);
  const picked = shown.map((all) => Object.fromEntries(chosen.map((name) => [name, all[name]])));
  if (flags.jsonl) for (const one of picked) terminal.out.write(`${jsonText(one)}\n`);
  else if (flags.json) terminal.out.write(`${jsonText({ items: picked }, 2)}\n`);
  else {
    const texts = shown.map((all) => textOf(all, chosen, terminal.columns));
    terminal.out.write(`${texts.join(`\n\n${'-'.repeat(terminal.columns ?? 80)}\n\n`)}\n`);
  }
  return exitCode.done;
}

/** Without a copy, the records of so many days are read. */
const daysRead = 7;
const dayMs = 86_400_000;

async function findingsAt(
  place: Place,
  isolationBucket: string,
  since: Date | undefined,
  ports: StoryPorts,
): Promise<readonly FindingName[]> {
  if (place.bucket === isolationBucket) {
    const name = await findingOfEvidence(place.key, ports);
    return name === undefined ? [] : [name];
  }
  const ids = new Set(await findingsOfCopies(place, ports));
  if (ids.size === 0 || since !== undefined) {
    const from = since ?? new Date(Date.now() - daysRead * dayMs);
    for (const id of await findingsOfRecords(place, from, ports)) ids.add(id);
  }
  return [...ids].map((id) => ({ id }));
}

/** Whether the story of this object was asked for. Evidence, and an id, may be about any object. */
function isAt(place: Place | undefined, object: FlaggedObject | undefined, isolationBucket: string): boolean {
  if (place === undefined || place.bucket === isolationBucket) return true;
  return object?.bucket === place.bucket && object.key === place.key;
}

/** One finding id may have come with two objects. */
function checkObjects(text: string, stories: readonly Story[]): void {
  const candidates = candidatesOf(
    stories.flatMap(({ findingId, object }) => (object === undefined ? [] : [{ findingId, object }])),
  );
  if (candidates.length > 1) throw ambiguous(text, candidates);
}

function noRecordText(what: string, isEvidence: boolean, since: Date | undefined): string {
  if (isEvidence) return `There is no record, and no copy with its provenance, at ${visible(what)}.`;
  const span = since === undefined ? `the last ${daysRead} days` : `the time since ${since.toISOString()}`;
  return `There is no copy of ${visible(what)}, and no record of ${span} names it. --since 30d reads more records.`;
}

function uselessSince(): CommandError {
  return usageError(
    '--since is for the address of a source object. A finding, a copy or a record is found whatever its time.',
  );
}

function checkNames(id: string, names: readonly RecordName[]): void {
  const found = [...new Set(names.map(({ findingId }) => findingId))];
  if (found.length <= 1) return;
  const shown = found.slice(0, 20).map((one) => `\n  ${one}`);
  throw usageError(`${id} fits ${found.length} findings; give a longer id:${shown.join('')}`);
}

function chosenSections({ fields, json, jsonl }: OutputFlags): readonly Section[] {
  if (json && jsonl) throw usageError('Give --json or --jsonl, not both.');
  if (fields === undefined) return sectionNames;
  return fields.split(',').map((text) => {
    const found = sectionNames.find((name) => name === text.trim());
    if (found !== undefined) return found;
    throw usageError(`There is no field ${visible(text.trim())}. Fields: ${sectionNames.join(', ')}.`);
  });
}
