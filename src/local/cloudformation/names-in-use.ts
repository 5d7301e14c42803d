import type { RenderedResource } from './rendered-stack.ts';

/** The names that AWS lets only one resource have, as far as the templates give names. */
export interface NamesInUse {
  /** Takes the name of a resource. Returns why AWS would refuse it. */
  take(resource: RenderedResource): string | undefined;
  free(resource: RenderedResource): void;
  /** The buckets that exist. */
  readonly buckets: ReadonlySet<string>;
}

/** SQS: "You must wait 60 seconds after deleting a queue before you can create another with the same name." */
const queueNameIsFreeAfterMs = 60_000;

export function createNamesInUse(now: () => number, taken: readonly string[]): NamesInUse {
  const buckets = new Set(taken);
  const others = new Set<string>();
  const queuesDeletedAt = new Map<string, number>();
  const nameOf = ({ physicalId, type }: RenderedResource) => `${type} ${physicalId}`;
  return {
    buckets,
    take(resource) {
      const { physicalId, type } = resource;
      if (type === 'AWS::S3::Bucket') {
        if (buckets.has(physicalId)) return `${physicalId} already exists`;
        buckets.add(physicalId);
        return undefined;
      }
      const deletedAt = queuesDeletedAt.get(physicalId);
      if (deletedAt !== undefined && now() - deletedAt < queueNameIsFreeAfterMs) {
        return 'You must wait 60 seconds after deleting a queue before you can create another with the same name.';
      }
      if (others.has(nameOf(resource))) return `${physicalId} already exists`;
      others.add(nameOf(resource));
      return undefined;
    },
    free(resource) {
      buckets.delete(resource.type === 'AWS::S3::Bucket' ? resource.physicalId : '');
      others.delete(nameOf(resource));
      if (resource.type === 'AWS::SQS::Queue') queuesDeletedAt.set(resource.physicalId, now());
    },
  };
}
