/** Schemes that are linked without two slashes after them. */
const bareSchemes =
  /(callto|data|facetime|file|geo|javascript|magnet|mailto|news|sips?|skype|sms|tel|urn|xmpp):/gi;

/**
 * Text that others chose, broken up wherever a mail client would make a link of it. Our mails come from AWS's own sender
 * and people trust them, so a key such as `https://evil.example` must not become something to click. There is no list
 * of top-level domains: the real one grows, and a dot broken up without need does no harm. A mail address is no
 * address without its dots.
 */
export function defang(text: string): string {
  return (
    text
      .replace(/http(?=s?:)/gi, 'hxxp')
      .replace(/:(?=\/\/|\\\\)/g, '[:]')
      .replace(bareSchemes, '$1[:]')
      // Full stops of other scripts separate the labels of a host name too.
      .replace(/[.\u3002\uff0e\uff61](?=[\p{L}\p{N}])/gu, '[$&]')
      // Outlook links \\server\share. Callers double the backslashes of a key, so one of them at the start is enough.
      .replace(/(?<![\p{L}\p{N}])\\{2,}(?=[\p{L}\p{N}])/gu, '[$&]')
  );
}
