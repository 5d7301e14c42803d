import { Violation } from '../actor.ts';
import type { Claim } from '../history/claim.ts';
import type { Handling } from '../history/handling.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { checksumOf, partSizesOf } from '../model/objects.ts';
import { isolationBucketName } from '../world.ts';

/** Invariant 4: a record names the size and checksum of the very bytes, and the message that it is about. */
export function recordsAreExact({ world, s3, now }: History): Checker {
  const wrong = (why: string): never => {
    throw new Violation('no untrue word', `the record ${why}`);
  };
  const judgeMessage = ({ fields }: Claim, { message }: Handling): void => {
    const { id, receiveCount, sentAt, origin = 'eventbridge' } = message;
    const known = { message_id: id, receive_count: receiveCount, sent_at: sentAt.toISOString(), origin };
    for (const [name, value] of Object.entries(known)) {
      if (fields[name] !== value) wrong(`says ${name} ${String(fields[name])}, not ${value}`);
    }
  };
  const judgeCopy = ({ fields, isolationKey: key }: Claim, { copied }: Handling): void => {
    const copy = key === undefined ? undefined : s3.read({ bucket: isolationBucketName, key });
    if (copy === undefined) return;
    const { checksum_algorithm: algorithm, checksum_type: type } = fields;
    const parts = type === 'COMPOSITE' ? partSizesOf(copy.bytes) : undefined;
    const { value } = checksumOf(copy.bytes, String(algorithm), parts);
    if (fields['checksum'] !== value)
      wrong(`says ${String(fields['checksum'])} of ${copy.write}, not ${value}`);
    if (fields['size_bytes'] !== copy.bytes.length)
      wrong(`says ${String(fields['size_bytes'])} bytes of ${copy.write}`);
    // In parts another worker may complete the upload that this handling began.
    const isKnown = world.copiesInParts !== true && now() !== undefined;
    const isSaidToBeMade = isKnown && fields['copy_made_now'] === true;
    if (isSaidToBeMade && !copied.includes(copy.write))
      wrong(`says that ${copy.write} was made by this handling`);
  };
  return {
    said(claim, handling) {
      if (claim.in !== 'record') return;
      judgeMessage(claim, handling);
      if (claim.outcome !== 'dry_run') judgeCopy(claim, handling);
    },
  };
}
