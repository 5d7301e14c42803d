/** An alert of Prometheus as Alertmanager's webhook tells it. */
export interface Notification {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly fingerprint: string;
}

const kept = 500;

/** The newest word on each alert, the newest first. */
export function createNotifications() {
  let all: readonly Notification[] = [];
  return {
    list: () => all,
    /** Takes the body of a webhook. What is no such body is refused. */
    take(body: string): void {
      const { alerts } = JSON.parse(body) as { alerts?: unknown };
      if (!Array.isArray(alerts)) throw new Error('there are no alerts in this body');
      const told = alerts as readonly Notification[];
      const names = new Set(told.map(nameOf));
      all = [...told, ...all.filter((each) => !names.has(nameOf(each)))].slice(0, kept);
    },
  };
}

/** A new start is a new alert, though its labels are the same. */
function nameOf({ fingerprint, startsAt }: Notification): string {
  return `${fingerprint} ${startsAt}`;
}
