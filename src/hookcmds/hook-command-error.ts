/**
 * A hook command ended with another exit code than 0: 1 for a refusal by Juju, 2 for a wrong command line, 127 when
 * there is no such command. Its arguments are left out, for they may be secret.
 */
export class HookCommandError extends Error {
  readonly command: string;
  readonly exitCode: number;
  /** As printed, for example `ERROR permission denied\n`. */
  readonly stderr: string;

  constructor(command: string, exitCode: number, stderr: string) {
    super(`cannot run hook command "${command}": ${reason(stderr) || `it ended with exit code ${exitCode}`}`);
    this.name = 'HookCommandError';
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

function reason(stderr: string): string {
  const line = stderr.split('\n').find((text) => text.trim() !== '') ?? '';
  return line.replace(/^ERROR\s+/, '').trim();
}
