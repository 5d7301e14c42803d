/** A transformer of a rule's target. */
export interface InputTransformer {
  readonly InputPathsMap: Readonly<Record<string, string>>;
  readonly InputTemplate: string;
}

/**
 * What EventBridge makes of an event for a target: a name without quotes becomes JSON, a name in a text becomes
 * text. EventBridge escapes nothing in a text.
 */
export function transformInput({ InputPathsMap, InputTemplate }: InputTransformer, event: unknown): string {
  const valueOf = (name: string) => {
    const path = InputPathsMap[name];
    if (path === undefined) throw new Error(`no path for ${name}`);
    return at(event, path.replace(/^\$\.?/, '').split('.'));
  };
  let inText = false;
  return InputTemplate.replaceAll(/"|<([\w-]+)>/g, (match, name: string | undefined) => {
    if (name === undefined) {
      inText = !inText;
      return match;
    }
    const value = valueOf(name);
    return inText ? String(value) : JSON.stringify(value);
  });
}

function at(value: unknown, [field, ...rest]: readonly string[]): unknown {
  if (field === undefined || field === '') return value;
  const next = (value as Readonly<Record<string, unknown>> | undefined)?.[field];
  if (next === undefined) throw new Error(`the event has no ${field}`);
  return at(next, rest);
}
