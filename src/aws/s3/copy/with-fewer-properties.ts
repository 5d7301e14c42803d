import type { CopyRequest } from '../../../core/isolation-bucket.ts';
import type { Tag } from '../../../core/properties.ts';
import { type PropertyPlan } from './property-plan.ts';
import { type PropertyRefusal, planLess, propertyRefusal } from './property-refusal.ts';

export interface Carried<Plan, Answer> {
  readonly answer: Answer;
  /** The plan that S3 accepted. */
  readonly plan: Plan;
}

/**
 * Attempts a copy by this plan, and then by plans with fewer properties as long as S3 refuses the properties.
 * Every attempt has the same conditions and the same checksum.
 */
export async function withLess<Plan, Answer>(
  first: Plan,
  less: (plan: Plan, refusal: PropertyRefusal) => Plan | undefined | Promise<Plan | undefined>,
  attempt: (plan: Plan) => Promise<Answer>,
  refusalOf = propertyRefusal,
): Promise<Carried<Plan, Answer>> {
  let plan = first;
  for (;;) {
    try {
      return { answer: await attempt(plan), plan };
    } catch (error) {
      const refusal = refusalOf(error);
      const next = refusal && (await less(plan, refusal));
      if (next === undefined) throw error;
      plan = next;
    }
  }
}

/**
 * The same for a copy to the isolation bucket. Properties that an attempt would leave behind are kept before
 * that attempt.
 */
export async function withFewerProperties<Answer>(
  request: CopyRequest,
  first: PropertyPlan,
  readTags: () => Promise<readonly Tag[] | undefined>,
  attempt: (plan: PropertyPlan) => Promise<Answer>,
  refusalOf = propertyRefusal,
): Promise<Carried<PropertyPlan, Answer>> {
  let isKept = false;
  let seen: Promise<readonly Tag[] | undefined> | undefined;
  const tags = () => {
    seen ??= readTags();
    return seen;
  };
  return withLess(
    first,
    async (plan, refusal) => planLess(plan, refusal, request, refusal === 'tags' ? await tags() : undefined),
    async (plan) => {
      if (plan.left.length > 0 && !isKept) {
        await request.keepProperties?.(await tags());
        isKept = true;
      }
      return attempt(plan);
    },
    refusalOf,
  );
}
