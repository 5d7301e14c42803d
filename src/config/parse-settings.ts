import * as z from 'zod';
import { type ParsedSettings, type SettingName, settingsSchema } from './schema/schema.ts';

/** Settings by name. An unset setting is absent or undefined. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** Parses only the named settings. A problem of another setting is not reported. */
export function parseSettings<Name extends SettingName>(
  env: Settings,
  names: readonly Name[],
):
  | { readonly ok: true; readonly settings: Pick<ParsedSettings, Name> }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const shape = Object.fromEntries(names.map((name) => [name, settingsSchema.shape[name]]));
  // The schema parses only once, so zod need not generate code for it.
  const parsed = z.object(shape).safeParse(givenOf(env, names), { jitless: true });
  if (parsed.success) return { ok: true, settings: parsed.data as unknown as Pick<ParsedSettings, Name> };
  // The first problem of each variable is enough.
  const byVariable = Map.groupBy(parsed.error.issues, ({ path }) => path[0]);
  return {
    ok: false,
    problems: [...byVariable.values()].flatMap((same) => same.slice(0, 1).map(problemText)),
  };
}

/** Picks the named settings; an empty setting counts as unset. The region has a second name, as in the SDK. */
export function givenOf(env: Settings, names: readonly SettingName[]): Settings {
  const valueOf = (name: string) => env[name]?.trim() || undefined;
  const given = Object.fromEntries(names.map((name) => [name, valueOf(name)]));
  if (!names.includes('AWS_REGION')) return given;
  return { ...given, AWS_REGION: given['AWS_REGION'] ?? valueOf('AWS_DEFAULT_REGION') };
}

function problemText(issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0]);
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return missing ? `${name} is not set, and must be.` : `${name} ${issue.message}.`;
}
