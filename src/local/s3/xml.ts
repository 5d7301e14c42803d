/** The content of an XML element: text, nested elements, or a list that repeats the element. */
export type XmlValue = string | number | boolean | Date | undefined | XmlElement | readonly XmlValue[];
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

export function xmlDocument(root: string, content: XmlElement): string {
  const attributes = root === 'Error' ? '' : ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attributes}>${children(content)}</${root}>`;
}

function children(element: XmlElement): string {
  return Object.entries(element)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((item) => node(name, item as XmlValue)),
    )
    .join('');
}

function node(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === 'object') return `<${name}>${children(value as XmlElement)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** XML 1.0 cannot carry most control characters. S3 sends them as references, which few parsers accept. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"\u0000-\u001f]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Returns the texts of all elements with this name, at any depth. That is enough for the SDK's requests,
 * which never nest an element in an element of the same name.
 */
export function xmlTexts(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(([, text]) =>
    unescapeXml(text ?? ''),
  );
}

export function xmlText(xml: string, name: string): string | undefined {
  return xmlTexts(xml, name)[0];
}

/** Returns the inner XML of all elements with this name. */
export function xmlElements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(
    ([, inside]) => inside ?? '',
  );
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, entity: string) => {
    if (entity.startsWith('#x')) return String.fromCodePoint(Number.parseInt(entity.slice(2), 16));
    if (entity.startsWith('#')) return String.fromCodePoint(Number(entity.slice(1)));
    return named[entity] ?? whole;
  });
}
