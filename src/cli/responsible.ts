import type { OperatorClients } from '../compose/operator/clients.ts';
import { CommandError } from './frame/command-error.ts';
import { exitCode } from './frame/exit-code.ts';

/** The person who is responsible for a change: the name of `--who`, or else the ARN of the command's credentials. */
export async function whoIsResponsible(who: string | undefined, clients: OperatorClients): Promise<string> {
  if (who !== undefined) return who;
  try {
    return await clients.callerArn();
  } catch (cause) {
    throw new CommandError(
      'STS did not say whose credentials these are, and nothing was changed. Repeat the command with --who and a name.',
      exitCode.failed,
      { cause },
    );
  }
}
