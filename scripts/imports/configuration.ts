import { lintOverrides } from './lint-rules.ts';

interface Configuration {
  readonly overrides: readonly { readonly rules: Readonly<Record<string, unknown>> }[];
}

/** The linter's configuration with the import rules of the table; what else it says stays as it is. */
export function lintConfiguration(present: string): string {
  const configuration = JSON.parse(present) as Configuration;
  const others = configuration.overrides.filter(({ rules }) => !('no-restricted-imports' in rules));
  const overrides = [...lintOverrides(), ...others];
  return `${JSON.stringify({ ...configuration, overrides }, undefined, 2)}\n`;
}
