/** Returns `undefined` if there is no text, or if the text is not JSON. */
export function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
