/** The query protocol of CloudFormation: forms in, XML out. */
export type XmlValue = string | readonly XmlValue[] | { readonly [name: string]: XmlValue | undefined };

export function xmlOf(value: XmlValue): string {
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value))
    return value.map((each) => `<member>${xmlOf(each as XmlValue)}</member>`).join('');
  return Object.entries(value)
    .map(([name, each]) => (each === undefined ? '' : `<${name}>${xmlOf(each)}</${name}>`))
    .join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Returns the members of a list, such as `Tags.member.1.Key`. */
export function membersOf(form: URLSearchParams, list: string): readonly Readonly<Record<string, string>>[] {
  const members = new Map<string, Record<string, string>>();
  for (const [name, value] of form) {
    const [, index, field] = new RegExp(`^${list}\\.member\\.(\\d+)\\.?(.*)$`).exec(name) ?? [];
    if (index === undefined) continue;
    members.set(index, { ...members.get(index), [field || 'value']: value });
  }
  return [...members.values()];
}
