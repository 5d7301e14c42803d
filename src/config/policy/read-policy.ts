import { compilePolicy, type Policy } from '../../core/policy/policy.ts';
import { maximumPolicyBytes } from '../../core/policy/policy-text.ts';
import { fieldNames, type PolicyDocument, policySchema } from '../../core/policy/schema.ts';
import { describeIssue, type PolicyProblem } from './describe-issue.ts';
import type { Path, Places } from './place.ts';
import { readDocument } from './read-document.ts';

const words = { whole: 'the policy', fieldNames };

export type ReadPolicy =
  | { readonly ok: true; readonly policy: Policy; readonly places: Places }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/**
 * Reads YAML 1.2, and therefore JSON. Nothing is expanded before its size and its aliases are known to be
 * bounded. If the name of the isolation bucket is given, rules about that bucket are refused. `version` is the
 * version that the source gives to the text. Never throws.
 */
export function readPolicy(text: string, isolationBucket?: string, version?: string): ReadPolicy {
  if (Buffer.byteLength(text) > maximumPolicyBytes) return failed('The policy is larger than 1 MiB.');
  try {
    return readBounded(text, isolationBucket, version);
  } catch {
    // Parser, schema and hash recurse, and a text that is nested deeply exhausts their stack.
    return failed('The policy is not understood: it may be nested too deeply.');
  }
}

function readBounded(text: string, isolationBucket?: string, version?: string): ReadPolicy {
  const document = readDocument(text, 'policy');
  if (!document.ok) return document;
  const { places, value } = document;
  const parsed = policySchema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    return {
      ok: false,
      problems: parsed.error.issues.flatMap((issue) => describeIssue(issue, places, words)),
    };
  }
  const found = [...namedTwice(parsed.data), ...aboutIsolationBucket(parsed.data, isolationBucket)];
  if (found.length > 0) {
    return { ok: false, problems: found.map(({ message, path }) => ({ message, ...places.value(path) })) };
  }
  return { ok: true, policy: compilePolicy(parsed.data, version), places };
}

function failed(message: string): ReadPolicy {
  return { ok: false, problems: [{ message, line: 1, column: 1 }] };
}

interface Found {
  readonly message: string;
  readonly path: Path;
}

function namedTwice({ never = [], rules }: PolicyDocument): Found[] {
  const seen = new Set<string>();
  const all = [
    ...never.map(({ name }, index) => ({ name, path: ['never', index, 'name'] })),
    ...rules.map(({ name }, index) => ({ name, path: ['rules', index, 'name'] })),
  ];
  return all.flatMap(({ name, path }) => {
    if (seen.has(name))
      return [{ path, message: `The name ${JSON.stringify(name)} is taken by an entry above.` }];
    seen.add(name);
    return [];
  });
}

/** Findings about isolated copies are always ignored, so a rule about them would be misleading. */
function aboutIsolationBucket({ rules }: PolicyDocument, isolationBucket: string | undefined): Found[] {
  if (isolationBucket === undefined) return [];
  const message = `${isolationBucket} is the isolation bucket: what lies there is never moved.`;
  return rules.flatMap(({ when }, index) =>
    when.bucket?.includes(isolationBucket) ? [{ path: ['rules', index, 'when', 'bucket'], message }] : [],
  );
}
