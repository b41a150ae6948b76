/** A hook command that fails while it runs: exit code 1, the message after `ERROR `. */
export class CommandError extends Error {}

/** A hook command that was called wrongly: exit code 2. */
export class UsageError extends Error {}
