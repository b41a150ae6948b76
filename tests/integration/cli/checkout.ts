import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const project = join(import.meta.dirname, '../../..');
const tools = [
  'sh',
  'sha256sum',
  'mkdir',
  'cp',
  'mv',
  'rm',
  'flock',
  'readlink',
  'sleep',
  'head',
  'sed',
  'uname',
  'cat',
  'chmod',
  'dirname',
];

/** A `node` that tells its version, as the user's own would. */
const userNode = (version: string) => `#!/bin/sh\necho ${version}\n`;

/** An `npm` that brings a `node` which prints what it is asked to run, and notes that it was called. */
export const goodNpm = `#!/bin/sh
echo "$$ $*" >>"$NPM_CALLS"
mkdir -p node_modules/.bin
cat >node_modules/.bin/node <<'EOF'
#!/bin/sh
echo "pinned node: $*"
echo "cache: $NODE_COMPILE_CACHE, options: $NODE_OPTIONS$NODE_EXTRA_CA_CERTS"
EOF
chmod +x node_modules/.bin/node
sh scripts/stamp-install
`;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A checkout with the real launcher, and a PATH on which only what a test puts there can be found. */
export class Checkout {
  readonly dir: string;
  readonly root: string;
  readonly bin: string;
  readonly #calls: string;
  readonly #started: ChildProcess[] = [];

  constructor() {
    this.dir = realpathSync(mkdtempSync(join(tmpdir(), 'charmlet-launcher-')));
    this.root = join(this.dir, 'check out');
    this.bin = join(this.dir, 'bin');
    this.#calls = join(this.dir, 'npm-calls');
    for (const directory of [
      this.bin,
      join(this.root, 'scripts'),
      join(this.root, 'sample'),
      join(this.root, 'worker-kit'),
      join(this.root, 'src/bin'),
    ])
      mkdirSync(directory, { recursive: true });
    for (const file of ['charmlet', 'scripts/stamp-install']) {
      cpSync(join(project, file), join(this.root, file));
      chmodSync(join(this.root, file), 0o755);
    }
    for (const file of [
      'package.json',
      'package-lock.json',
      '.npmrc',
      'sample/package.json',
      'worker-kit/package.json',
      'src/bin/charmlet.ts',
    ])
      writeFileSync(join(this.root, file), '{}');
    for (const tool of tools)
      symlinkSync(
        spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim(),
        join(this.bin, tool),
      );
    this.program('node', userNode('v20.19.0'));
    this.program('npm', goodNpm);
  }

  /** Puts a program on the PATH; without a text takes it away. */
  program(name: string, text?: string): void {
    rmSync(join(this.bin, name), { force: true });
    if (text !== undefined) writeFileSync(join(this.bin, name), text, { mode: 0o755 });
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  has(...parts: string[]): boolean {
    return existsSync(this.path(...parts));
  }

  /** The pid of each npm that was called. */
  get npmPids(): number[] {
    const calls = existsSync(this.#calls) ? readFileSync(this.#calls, 'utf8') : '';
    return [...calls.matchAll(/^\d+/gm)].map(([pid]) => Number(pid));
  }

  get npmCalls(): number {
    return this.npmPids.length;
  }

  /** Starts the launcher; `shell` runs it instead of the one in its first line. */
  start(
    words: readonly string[],
    given: { cwd?: string; launcher?: string; shell?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
  ) {
    const [program = '', ...args] = [...(given.shell ?? []), given.launcher ?? this.path('charmlet'), ...words];
    const env = {
      PATH: this.bin,
      HOME: this.dir,
      NPM_CALLS: this.#calls,
      NODE_OPTIONS: '--bad',
      NODE_EXTRA_CA_CERTS: '/bad',
      ...given.env,
    };
    const child = spawn(program, args, { cwd: given.cwd ?? this.root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#started.push(child);
    const texts = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.err += text;
    });
    const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, ...texts })));
    return { child, ended, texts };
  }

  run(words: readonly string[], given: Parameters<Checkout['start']>[1] = {}): Promise<Ended> {
    return this.start(words, given).ended;
  }

  /** Also ends what a test that failed has left running. */
  remove(): void {
    for (const child of this.#started) child.kill('SIGKILL');
    spawnSync('chmod', ['-R', 'u+w', this.dir]);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
