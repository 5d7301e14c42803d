import type { Letter } from './mailbox.ts';
import type { Notification } from './notifications.ts';

export function inboxPage(
  letters: readonly Letter[] | Error,
  notifications: readonly Notification[],
): string {
  const mails =
    letters instanceof Error
      ? `<p class="critical">LocalStack does not answer: ${escape(letters.message)}</p>`
      : letters.map(letter).join('') || '<p>Nobody was told of a finding yet.</p>';
  const alerts = notifications.map(notification).join('') || '<p>Nothing arrived from Alertmanager yet.</p>';
  return page('Inbox', `<h1>Alerts about the service</h1>${alerts}<h1>Alerts about findings</h1>${mails}`);
}

/** Plain text with its headings as targets of links: what the links of alerts and panels need. */
export function markdownPage(markdown: string): string {
  const lines = escape(markdown)
    .split('\n')
    .map((line) => {
      const heading = /^#+ (.+)$/.exec(line)?.[1];
      return heading === undefined ? line : `<b id="${anchorOf(heading)}">${line}</b>`;
    });
  return page('documentation', `<pre>${lines.join('\n')}</pre>`);
}

function letter({ kind, to, at, text }: Letter): string {
  const subject = text.split('\n').find((line) => line.trim() !== '') ?? '';
  const summary = `${escape(at)} ${kind} to ${escape(to)}: ${escape(subject)}`;
  return `<details><summary>${summary}</summary><pre>${escape(text)}</pre></details>`;
}

function notification({ status, labels, annotations, startsAt, endsAt }: Notification): string {
  const { severity = '', alertname = '' } = labels;
  const until = status === 'resolved' ? ` until ${escape(endsAt)}` : '';
  const links = ['dashboard_url', 'runbook_url'].map((name) => {
    const url = annotations[name] ?? '';
    return /^https?:\/\//.test(url) ? `<a href="${escape(url)}">${escape(url)}</a>` : escape(url);
  });
  return `<details ${status === 'firing' ? 'open' : ''}><summary class="${status === 'firing' ? escape(severity) : 'resolved'}">
${escape(status)}, ${escape(severity)}: ${escape(alertname)}, since ${escape(startsAt)}${until}</summary>
<p><b>${escape(annotations['summary'] ?? '')}</b></p><p>${escape(annotations['description'] ?? '')}</p><p>${links.join('<br>')}</p></details>`;
}

function page(title: string, body: string): string {
  return `<!doctype html><meta charset="utf-8"><title>macie-isolator: ${title}</title><style>
body { font: 15px sans-serif; margin: 2em auto; max-width: 70em } pre { white-space: pre-wrap }
.critical { color: #b00 } .warning { color: #a60 } .resolved, .none { color: #666 } summary { padding: .3em }
</style>${body}`;
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? '');
}
