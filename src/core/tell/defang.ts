/** Schemes that become links without two slashes after them. */
const bareSchemes =
  /(callto|data|facetime|file|geo|javascript|magnet|mailto|news|sips?|skype|sms|tel|urn|xmpp):/gi;

/**
 * Breaks up every part of a text that a mail client would turn into a link. People trust these mails, because
 * they come from AWS's own sender. So a key such as `https://evil.example` must not become a link. There is
 * no list of top-level domains, because the real list grows, and a dot that is broken up needlessly does no
 * harm. A mail address without dots is no link.
 */
export function defang(text: string): string {
  return (
    text
      .replace(/http(?=s?:)/gi, 'hxxp')
      .replace(/:(?=\/\/|\\\\)/g, '[:]')
      .replace(bareSchemes, '$1[:]')
      // Full stops of other scripts also separate the labels of a host name.
      .replace(/[.\u3002\uff0e\uff61](?=[\p{L}\p{N}])/gu, '[$&]')
      // Outlook links \\server\share. The callers double the backslashes of a key, so a single backslash of a
      // key arrives as two.
      .replace(/(?<![\p{L}\p{N}])\\{2,}(?=[\p{L}\p{N}])/gu, '[$&]')
  );
}
