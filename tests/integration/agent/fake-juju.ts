import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The unpacked charm as `npm run pack` makes it. */
export const charmDir = fileURLToPath(new URL('../../../dist/charm', import.meta.url));

/** Answers from files and notes every write, in order, as `command arguments`. */
const tool = `#!/bin/sh
dir=$(dirname "$0")/..
name=\${0##*/}
case $name in
config-get) cat "$dir/config.json" ;;
state-get) cat "$dir/state.json" ;;
status-get) cat "$dir/status.json" ;;
is-leader) echo true ;;
relation-ids) echo '[]' ;;
action-get) echo '{}' ;;
state-set) cat >"$dir/state.json" ;;
status-set) printf '{"status":"%s","message":"%s"}' "$1" "$3" >"$dir/status.json" ;;
esac
case $name in *-get | is-leader | relation-ids) ;; *) printf '%s %s\\n' "$name" "$*" >>"$dir/writes" ;; esac
`;

const commands = [
  'config-get',
  'state-get',
  'status-get',
  'is-leader',
  'relation-ids',
  'action-get',
  'state-set',
  'status-set',
  'juju-log',
  'action-set',
  'action-fail',
];

/** A charm's view of Juju: hook commands that are files, and dispatches with exactly the environment that Juju gives. */
export class FakeJuju {
  readonly #dir: string;
  readonly #containersDir: string;

  constructor(of: { readonly dir: string; readonly containersDir: string; readonly config: object }) {
    this.#dir = of.dir;
    this.#containersDir = of.containersDir;
    mkdirSync(join(of.dir, 'tools'), { recursive: true });
    writeFileSync(join(of.dir, 'tools/tool'), tool);
    chmodSync(join(of.dir, 'tools/tool'), 0o755);
    for (const name of commands) symlinkSync('tool', join(of.dir, 'tools', name));
    this.setConfig(of.config);
    writeFileSync(join(of.dir, 'state.json'), '{}');
    writeFileSync(join(of.dir, 'status.json'), '{"status":"unknown","message":""}');
    appendFileSync(join(of.dir, 'writes'), '');
  }

  setConfig(config: object): void {
    writeFileSync(join(this.#dir, 'config.json'), JSON.stringify(config));
  }

  /** The unit's status as `name: message`. */
  get status(): string {
    const { status, message } = JSON.parse(readFileSync(join(this.#dir, 'status.json'), 'utf8'));
    return `${status}: ${message}`;
  }

  /** Writes since the last call. */
  takeWrites(): string[] {
    const writes = readFileSync(join(this.#dir, 'writes'), 'utf8').split('\n').filter(Boolean);
    writeFileSync(join(this.#dir, 'writes'), '');
    return writes;
  }

  /** Runs `dispatch` for a hook, or for `actions/<name>`; resolves with its exit code and what it printed. */
  async dispatch(event: string): Promise<{ readonly code: number | null; readonly output: string }> {
    const action = /^actions\/(.*)$/.exec(event)?.[1];
    const child = spawn(join(charmDir, 'dispatch'), {
      cwd: charmDir,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${join(this.#dir, 'tools')}:/usr/sbin:/usr/bin:/sbin:/bin`,
        JUJU_DISPATCH_PATH: action === undefined ? `hooks/${event}` : event,
        JUJU_HOOK_NAME: action === undefined ? event : '',
        ...(action === undefined ? {} : { JUJU_ACTION_NAME: action }),
        JUJU_CHARM_DIR: charmDir,
        JUJU_UNIT_NAME: 'worker/0',
        JUJU_MODEL_UUID: 'cdac5656-2423-4388-8f30-41854b4cca7d',
        JUJU_CHARM_NO_PROXY: '127.0.0.1,localhost,::1',
        CHARM_CONTAINERS_DIR: this.#containersDir,
        LANG: 'C.UTF-8',
      },
    });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
    const [code] = await once(child, 'close');
    return { code, output: Buffer.concat(output).toString() };
  }
}
