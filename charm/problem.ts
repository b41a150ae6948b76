/** Something that keeps the worker from its settings. */
export interface Problem {
  /** For the status: what is wrong, where, and what to do. Never a secret's text. */
  readonly text: string;
  /** Whether it may go away without an event that tells so: a late grant, a server that comes back. */
  readonly heals: boolean;
  /** Others have to do something, and nobody has done anything wrong: the unit waits and is not blocked. */
  readonly waits?: true;
}

/** A problem that only a change of the options can mend, which is an event. */
export function lasting(text: string): Problem {
  return { text, heals: false };
}

export function healing(text: string): Problem {
  return { text, heals: true };
}

/** Others will do their part. */
export function waitingFor(text: string): Problem {
  return { text, heals: true, waits: true };
}

/** A status is read in one line, so that no more are told. */
const mostTold = 10;

/** The problems that `joinProblems` has no room for. */
export function untold(problems: readonly Problem[]): readonly string[] {
  return [...new Set(problems.map(({ text }) => text))].slice(mostTold);
}

/** The one line for the status; a first part that several problems share is said once. */
export function joinProblems(problems: readonly Problem[]): string {
  const texts = [...new Set(problems.map(({ text }) => text))];
  const told = texts.slice(0, mostTold).map((text, index) => {
    const shared = prefixes.find((prefix) => text.startsWith(prefix)) ?? '';
    const before = shared !== '' && texts.slice(0, index).some((other) => other.startsWith(shared));
    return before ? text.slice(shared.length) : text;
  });
  const rest = texts.length - told.length;
  return [...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

const prefixes = [
  'Invalid config: ',
  'Invalid environment structure: ',
  'Incorrectly formatted `environment` config: ',
];
