import { readdirSync, readFileSync } from 'node:fs';

/** A process in whose arguments or environment a marked text was found. */
export interface Sighting {
  readonly pid: number;
  readonly where: 'cmdline' | 'environ';
  readonly command: string;
  /** Its process group. */
  readonly group: number;
}

/** Looks again and again at the arguments and environments of all processes that may be read, for texts that must not be there. */
export class ProcSampler {
  readonly #texts: readonly string[];
  readonly #seen = new Map<string, Sighting>();
  readonly #timer: NodeJS.Timeout;
  /** How many looks were taken. */
  looks = 0;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
    this.#timer = setInterval(() => this.#look(), 2);
  }

  /** Ends the looking and tells what was found. */
  end(): readonly Sighting[] {
    clearInterval(this.#timer);
    return [...this.#seen.values()];
  }

  #look(): void {
    this.looks += 1;
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      for (const where of ['cmdline', 'environ'] as const) {
        const text = read(`/proc/${name}/${where}`);
        if (!this.#texts.some((marked) => text.includes(marked))) continue;
        const command = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
        // Behind the command's name in brackets: state, parent, group.
        const group = Number(
          read(`/proc/${name}/stat`)
            .replace(/^.*\) /s, '')
            .split(' ')[2],
        );
        this.#seen.set(`${name} ${where} ${command}`, { pid: Number(name), where, command, group });
      }
    }
  }
}

/** Empty for a process that has gone or belongs to another user. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
