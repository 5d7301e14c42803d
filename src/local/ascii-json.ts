/** Returns the same JSON in ASCII: fauxqs refuses characters beyond the Basic Multilingual Plane, which SQS accepts. */
export function asciiJson(json: string): string {
  return json.replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
