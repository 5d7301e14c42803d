/** An alert as one person got it. */
export interface Letter {
  readonly kind: 'e-mail' | 'SMS';
  readonly to: string;
  readonly at: string;
  readonly text: string;
}

interface Mail {
  readonly Timestamp?: string;
  readonly Destination?: { readonly ToAddresses?: readonly string[] };
  readonly Body?: { readonly text_part?: string | null };
}

interface Sms {
  readonly PhoneNumber?: string;
  readonly Message?: string;
}

/** What LocalStack delivered instead of SES and of a telephone company, the newest first. */
export async function readLetters(endpoint: string): Promise<readonly Letter[]> {
  const { messages = [] } = await get<{ messages?: readonly Mail[] }>(endpoint, '/_aws/ses');
  const { sms_messages: byNumber = {} } = await get<{ sms_messages?: Record<string, readonly Sms[]> }>(
    endpoint,
    '/_aws/sns/sms-messages',
  );
  const mails = messages.map(
    ({ Timestamp, Destination, Body }): Letter => ({
      kind: 'e-mail',
      to: Destination?.ToAddresses?.join(', ') ?? '',
      at: Timestamp ?? '',
      text: Body?.text_part ?? '',
    }),
  );
  const texts = Object.values(byNumber)
    .flat()
    .map(
      ({ PhoneNumber, Message }): Letter => ({
        kind: 'SMS',
        to: PhoneNumber ?? '',
        at: '',
        text: unquoted(Message ?? ''),
      }),
    );
  return [...texts.toReversed(), ...mails.toReversed()];
}

async function get<Answer>(endpoint: string, path: string): Promise<Answer> {
  const answer = await fetch(new URL(path, endpoint));
  // LocalStack loads a service with its first call.
  if (answer.status === 404) return {} as Answer;
  if (!answer.ok) throw new Error(`LocalStack answered ${answer.status} to ${path}`);
  return (await answer.json()) as Answer;
}

/** LocalStack keeps a text of its own for each protocol as JSON has it. */
function unquoted(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}
