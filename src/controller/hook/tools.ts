/** What a hook command answered. */
export interface HookCommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a hook command by its Juju name in the context of one event: `run('relation-get', ['--format=json', '-r', '7', '-', 'pg/0'])`. */
export interface HookTools {
  run(command: string, args: readonly string[], stdin?: string): Promise<HookCommandResult>;
}
