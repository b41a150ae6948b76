import { execFile } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { promisify } from 'node:util';

/** Makes named pipes with mode 0600. Node has no call for it, so the system's `mkfifo` does it, all in one go. */
export async function makePipes(paths: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', ...paths], { env: { PATH: '/usr/bin:/bin:/usr/local/bin' } });
  } catch (error) {
    throw new Error(
      `cannot make named pipes: ${(error as Error).message.trim()} (mkfifo of coreutils or busybox is needed)`,
      {
        cause: error,
      },
    );
  }
}

/** Opens a named pipe for both directions: that neither blocks, nor ends when a client goes. */
export function openPipe(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
}
