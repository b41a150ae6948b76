import type { Command } from 'commander';
import type { Paths } from '../controller/paths.ts';
import type { Client } from './client.ts';
import type { Io } from './io.ts';
import type { VerbName } from './verb-names.ts';

/** A command such as `deploy`; one file of src/cli/verbs exports one under the name `verb`. */
export interface Verb {
  /** What comes after the verb in its usage line, Juju's way: `<application> [<key>[=<value>] ...]`. */
  readonly args: string;
  /** One sentence; the first thing that `help <verb>` says. */
  readonly purpose: string;
  /** More than a sentence, when there is more to say. */
  readonly details?: string;
  /** Command lines without the program's name. */
  readonly examples?: readonly string[];
  /**
   * `remote`: everything from the first positional on belongs to a remote command and is not read as options.
   * Default: options and positionals may be mixed.
   */
  readonly rest?: 'remote' | 'mixed';
  /** `false`: a call rejects with `NoController` when no controller answers, instead of starting one. */
  readonly startsController?: false;
  /** Adds the verb's own options. */
  options?(command: Command): void;
  /** Resolves to the exit code; nothing means 0. Rejects with a `Failure`. */
  run(call: Invocation): Promise<number | undefined>;
}

/** One run of a verb. */
export interface Invocation extends Io {
  readonly args: readonly string[];
  /** Values of options under commander's camel-case names; an option that was not given is absent. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly paths: Paths;
  /** Starts a controller when none answers, unless the verb has `startsController: false`. */
  readonly client: Client;
  /** A client that starts a controller for any verb. */
  startingClient(): Client;
  /** Another verb, for its help. */
  load(name: VerbName): Promise<Verb>;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  /** Data: goes to stdout as it is. */
  out(text: string): void;
  /** A line for the person who waits: goes to stderr, and nowhere with `--quiet`. */
  info(line: string): void;
}
