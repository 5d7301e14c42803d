import { type CopyIntoAccount, imageInAccount } from '../../compose/operator/image-in-account.ts';
import type { DeployedImage } from '../../core/deploy/image.ts';
import { serviceVersion } from '../../version.ts';
import { CommandError } from '../frame/command-error.ts';
import { progressOn } from '../frame/progress.ts';
import { sizeText } from '../frame/size-text.ts';
import { type Terminal, visible } from '../frame/terminal.ts';

/** Copies the image into the account, unless it is there. A repetition goes on with what an interrupted copy left. */
export async function bringImage(
  { copyFrom, uri }: DeployedImage,
  place: Pick<CopyIntoAccount, 'ecr' | 'repository' | 'signal'>,
  terminal: Terminal,
): Promise<void> {
  if (copyFrom === undefined) return;
  const progress = progressOn(terminal);
  terminal.err.write(`Image ${visible(copyFrom)} -> ${visible(place.repository)}\n`);
  try {
    const stored = await imageInAccount({
      ...place,
      image: copyFrom,
      version: serviceVersion,
      progress: (done, total) => progress.say(`Image: ${sizeText(done)} of ${sizeText(total)}`),
    });
    if (stored !== uri) throw new CommandError(`ECR names the image ${visible(stored)}: give it by --image.`);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'RegistryError') throw error;
    throw new CommandError(`The image was not copied. ${error.message}`, 1, { cause: error });
  } finally {
    progress.clear();
  }
}
