import { spawn, spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkout, type System, until } from './system.ts';

/** Writes down the arguments of every process that the controller, or anything below it, ever starts. */
export class ExecTracer {
  readonly #file: string;
  readonly #end: () => void;

  private constructor(file: string, end: () => void) {
    this.#file = file;
    this.#end = end;
  }

  /** Starts the controller under strace. Null where there is no strace, or where it may not trace. */
  static async start(system: System): Promise<ExecTracer | null> {
    const probe = spawnSync('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', '-e', 'trace=execve', 'true']);
    if (probe.status !== 0) return null;
    const file = join(system.root, 'started-processes');
    const flags = ['-f', '--seccomp-bpf', '-qq', '-s', '1000000', '-e', 'trace=execve,execveat', '-e', 'signal=none'];
    const first = [process.execPath, join(checkout, 'src/bin/charmlet.ts'), 'status'];
    const tracer = spawn('strace', [...flags, '-o', file, ...first], {
      env: system.env,
      cwd: checkout,
      stdio: 'ignore',
    });
    await until('the controller runs', 150_000, () => {
      try {
        return system.controllerPid() > 0 || undefined;
      } catch {
        return undefined;
      }
    });
    return new ExecTracer(file, () => tracer.kill());
  }

  /** Ends the tracing. */
  end(): void {
    this.#end();
  }

  /** How many processes were started, and the lines about those in whose arguments one of the texts is. */
  async holding(texts: readonly string[]): Promise<{ readonly started: number; readonly holding: readonly string[] }> {
    const holding: string[] = [];
    let started = 0;
    for await (const line of createInterface({ input: createReadStream(this.#file) })) {
      if (!/^\d+ +execve(at)?\(/.test(line)) continue;
      started += 1;
      if (texts.some((text) => line.includes(text))) holding.push(line);
    }
    return { started, holding };
  }
}
