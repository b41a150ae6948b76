/** The words of a service's command: what always runs, and the default arguments of the `[ ... ]` group at its end. */
export interface CommandWords {
  readonly base: readonly string[];
  readonly extra: readonly string[];
}

/** Splits a command line by a shell's quoting rules, with comments and without expansion. Throws an `Error` on bad quoting. */
export function splitWords(command: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  const closing = (quote: string): void => {
    for (at += 1; ; at += 1) {
      const char = command[at];
      if (char === undefined) throw new Error('EOF found when expecting closing quote');
      if (char === quote) return;
      if (char !== '\\' || quote === "'") word += char;
      else {
        at += 1;
        if (command[at] === undefined) throw new Error('EOF found after escape character');
        word += command[at] as string;
      }
    }
  };
  for (; at < command.length; at += 1) {
    const char = command[at] as string;
    if (' \t\r\n'.includes(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === '#' && word === null) {
      const end = command.indexOf('\n', at);
      at = end < 0 ? command.length : end;
    } else {
      word ??= '';
      if (char === '"' || char === "'") closing(char);
      else if (char === '\\') {
        at += 1;
        if (command[at] === undefined) throw new Error('EOF found after escape character');
        word += command[at] as string;
      } else word += char;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

/** Takes a service's command apart. Throws an `Error` with Pebble's text. */
export function commandWords(service: string, command: string): CommandWords {
  const refuse = (why: string): never => {
    throw new Error(`cannot parse service "${service}" command: ${why}`);
  };
  let words: string[] = [];
  try {
    words = splitWords(command);
  } catch (error) {
    refuse((error as Error).message);
  }
  const base: string[] = [];
  const extra: string[] = [];
  let group: 'before' | 'inside' | 'after' = 'before';
  for (const [index, word] of words.entries()) {
    if (group === 'inside') {
      if (word === '[') refuse('cannot nest [ ... ] groups');
      if (word === ']') group = 'after';
      else extra.push(word);
    } else if (group === 'after') refuse('cannot have any arguments after [ ... ] group');
    else if (word === '[') {
      if (index === 0) refuse('cannot start command with [ ... ] group');
      group = 'inside';
    } else if (word === ']') refuse('cannot have ] outside of [ ... ] group');
    else base.push(word);
  }
  return { base, extra };
}
