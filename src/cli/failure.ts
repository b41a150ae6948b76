/** What ends a verb with one `ERROR` line on stderr. */
export class Failure extends Error {
  readonly exitCode: 1 | 2;

  /** @param message without the `ERROR ` in front. @param exitCode 1 for a run-time error, 2 for a usage error. */
  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}

/** The command line itself is wrong; exit code 2, as Juju's. */
export function usageError(message: string): Failure {
  return new Failure(message, 2);
}

/** Juju's answer to words it has no place for. */
export function refuseExtra(args: readonly string[], accepted: number): void {
  const extra = args.slice(accepted);
  if (extra.length > 0) throw usageError(`unrecognized args: [${extra.map((word) => JSON.stringify(word)).join(' ')}]`);
}
