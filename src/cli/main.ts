import { pathsFrom } from '../controller/paths.ts';
import { loadVerb } from './catalogue.ts';
import { Client } from './client.ts';
import { Failure, usageError } from './failure.ts';
import { Interrupted, type Io } from './io.ts';
import { namedModel } from './model.ts';
import { nearest } from './nearest.ts';
import type { Invocation, Verb } from './verb.ts';
import { aliases, insteadOf, isVerb, jujuVerbs, summaries, type VerbName } from './verb-names.ts';

/** Runs one command line (without node and script) and resolves to the exit code. Never rejects. */
export async function main(words: readonly string[], io: Io): Promise<number> {
  const debug = words.includes('--debug') && words[0] !== 'ssh' && words[0] !== 'exec';
  try {
    return (await runVerb(words, io)) ?? 0;
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    if (error instanceof Failure) {
      io.stderr.write(`ERROR ${debug && error.stack ? error.stack.replace(/^\w+: /, '') : error.message}\n`);
      return error.exitCode;
    }
    const unexpected = error instanceof Error ? error : new Error(String(error));
    io.stderr.write(
      `ERROR internal error: ${debug ? unexpected.stack : `${unexpected.message} (--debug tells more)`}\n`,
    );
    return 1;
  }
}

async function runVerb(words: readonly string[], io: Io): Promise<number | undefined> {
  const [name, rest] = splitVerb(words);
  const verb = await loadVerb(known(name));
  const { parseWords } = await import('./parse.ts');
  const { args, options, help } = parseWords(name, verb, rest);
  if (help) {
    const { verbHelp } = await import('./help.ts');
    io.stdout.write(verbHelp(name, verb));
    return 0;
  }
  return await verb.run(invocation(io, args, options, verb));
}

/** The verb's full name and the words for it. Options of every verb may stand in front of it. */
function splitVerb(words: readonly string[]): [string, readonly string[]] {
  const at = words.findIndex((word) => !word.startsWith('-'));
  const front = at === -1 ? words : words.slice(0, at);
  if (front.includes('--version')) return ['version', []];
  if (at === -1 || front.includes('-h') || front.includes('--help')) return ['help', at === -1 ? [] : words.slice(at)];
  const odd = front.find((word) => !['--debug', '-q', '--quiet', '-v', '--verbose'].includes(word));
  if (odd)
    throw usageError(`option provided but not defined: ${odd} (options come after the verb; see "charmlet help")`);
  const word = words[at] ?? '';
  return [aliases[word] ?? word, [...front, ...words.slice(at + 1)]];
}

/** The name, if a verb has it; else the most helpful refusal. */
function known(name: string): VerbName {
  if (isVerb(name)) return name;
  if (Object.hasOwn(insteadOf, name)) throw usageError(`charmlet has no "${name}": ${insteadOf[name]}`);
  if (jujuVerbs.has(name))
    throw usageError(`charmlet has no "${name}" yet, a command of Juju's (see "charmlet help" for what is there)`);
  const meant = nearest(name, [...Object.keys(summaries), ...Object.keys(aliases)]);
  throw usageError(
    `charmlet: ${JSON.stringify(name)} is not a charmlet command (${meant ? `did you mean "${meant}"? ` : ''}See "charmlet help")`,
  );
}

function invocation(io: Io, args: readonly string[], options: Record<string, unknown>, verb: Verb): Invocation {
  const paths = pathsFrom(io.env);
  const start = async () => (await import('./start-controller.ts')).startController(paths, io.env);
  const model = namedModel(options, io.env);
  const quiet = options.quiet === true;
  return {
    ...io,
    args,
    options,
    paths,
    client: new Client(paths, verb.startsController === false ? undefined : start, model),
    load: loadVerb,
    startingClient: () => new Client(paths, start, model),
    quiet,
    verbose: options.verbose === true,
    debug: options.debug === true,
    out: (text) => void io.stdout.write(text),
    info: (line) => void (quiet || io.stderr.write(`${line}\n`)),
  };
}
