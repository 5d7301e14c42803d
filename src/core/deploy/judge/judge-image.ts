import { ok, unknown, type Verdict, wrong } from '../../operate/doctor/verdict.ts';
import type { Answers } from '../answers.ts';

const platforms = { ARM64: 'linux/arm64', X86_64: 'linux/amd64' } as const;

/** The answer of a registry about an image. */
export type ImageSeen =
  | { readonly kind: 'found'; readonly platforms: readonly string[] }
  | { readonly kind: 'not-found'; readonly why: string }
  | { readonly kind: 'not-asked'; readonly why: string };

export function judgeImage(seen: ImageSeen, architecture: Answers['architecture']): Verdict {
  if (seen.kind === 'not-asked') return unknown(seen.why);
  if (seen.kind === 'not-found') {
    return wrong(
      seen.why,
      'Name another image by --image, or push it to ECR by hand (deploy/ecs/README.md, "Image").',
    );
  }
  if (seen.platforms.includes(platforms[architecture])) return ok(seen.platforms.join(', '));
  const other = architecture === 'ARM64' ? 'X86_64' : 'ARM64';
  return wrong(
    `The image is for ${seen.platforms.join(', ') || 'no platform that it names'}, and tasks are ${architecture}.`,
    seen.platforms.includes(platforms[other])
      ? `Add --architecture ${other}.`
      : `Build it for ${platforms[architecture]}.`,
  );
}
