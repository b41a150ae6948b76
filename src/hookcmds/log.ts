import { type HookCommandRunner, runForText } from './runner.ts';

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/** A command line may hold 128 KiB per argument; a longer message is cut, since nobody reads it in `debug-log`. */
const longestMessage = 64 * 1024;

/** `juju-log`: a line for `debug-log`, at once. Never a secret's text. */
export async function jujuLog(runner: HookCommandRunner, level: LogLevel, message: string): Promise<void> {
  await runForText(runner, {
    command: 'juju-log',
    args: ['--log-level', level, '--', message.slice(0, longestMessage)],
  });
}
