/** One call of a program whose file is the FIFO client, as it arrives at the server. */
export interface FifoCall {
  /** The name by which the client was started: the last part of `$0`. One client file serves under many names. */
  readonly program: string;
  /** The arguments, without the program; any text but NUL. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** What the client found on its standard input; null when no argument asked for it (`--file -`, `--file=-`). */
  readonly stdin: string | null;
  /** What the client's environment has in the variable of `writeFifoClient`'s `contextVariable`; empty without. */
  readonly context: string;
}

/** What the client prints, and exits with. */
export interface FifoAnswer {
  /** 0 to 255. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}
