import { join } from 'node:path';
import { deployWorker, unit, withTemporal } from '../tests/integration/system/spine.ts';
import { checkout } from '../tests/integration/system/system.ts';
import { type Figure, milliseconds, round, spread } from './figures.ts';

interface Timed {
  readonly wallMs: number[];
  readonly cpuMs: number[];
  readonly rssMiB: number[];
}

const bare = `./bin/node -e 0`;
// In a hook's context, not in that of the action that `exec` is.
const unchanged =
  'env -u JUJU_ACTION_NAME JUJU_HOOK_NAME=update-status JUJU_DISPATCH_PATH=hooks/update-status ./dispatch';
// Takes the confirmation out of what the unit remembers, so that the next dispatch has to ask.
const forget = 'state-set memory="$(state-get memory | sed "s/\\"confirmed\\":{[^}]*}/\\"confirmed\\":null/")"';
const asking = `${forget}; ${unchanged}`;

/** The packed charm's dispatch in a live unit, beside a bare start of the Node that it carries, in turn. */
export async function measureDispatch(): Promise<readonly Figure[]> {
  const spine = await withTemporal();
  try {
    await deployWorker(spine);
    const { system } = spine;
    const script = join(checkout, 'bench/time-commands.mjs');
    const time = async (commands: readonly string[]): Promise<Record<string, Timed>> => {
      const quoted = commands.map((command) => `'${command}'`).join(' ');
      const out = await system.do('exec', '--unit', unit, '--wait', '5m', '--', `./bin/node ${script} 15 ${quoted}`);
      return JSON.parse(out.slice(out.indexOf('{')));
    };
    const before = (await system.debugLog()).split('\n').length;
    // In contexts of their own: what is forgotten in one is not forgotten for the other.
    const timed = { ...(await time([bare, unchanged])), ...(await time([forget, asking])) };
    const [a, b, f, c] = [timed[bare], timed[unchanged], timed[forget], timed[asking]];
    if (!a || !b || !f || !c) throw new Error('cannot read the timings');
    const asked = c.wallMs.map((wall, i) => wall - (f.wallMs[i] ?? Number.NaN));
    const ratio = (of: readonly number[]) =>
      round(spread(of.map((wall, i) => wall / (a.wallMs[i] ?? Number.NaN))).median);
    const lines = (await system.debugLog()).split('\n').length - before;
    return [
      { what: '`node -e 0` with the Node that the charm carries', figure: milliseconds(a.wallMs), aim: '' },
      {
        what: 'dispatch, nothing to do',
        figure: `${milliseconds(b.wallMs)}, ${ratio(b.wallMs)} × bare Node`,
        aim: '≤ 2 × bare Node',
      },
      { what: 'dispatch, nothing to do, CPU', figure: milliseconds(b.cpuMs), aim: '' },
      {
        what: 'dispatch that asks the Temporal server',
        figure: `${milliseconds(asked)}, ${ratio(asked)} × bare Node`,
        aim: '≤ 5 × bare Node',
      },
      {
        what: 'peak memory of a dispatch, nothing to do / asking',
        figure:
          b.rssMiB.length > 0
            ? `${round(spread(b.rssMiB).median)} / ${round(spread(c.rssMiB).median)} MiB`
            : 'not measured (no GNU time)',
        aim: '',
      },
      { what: 'debug-log lines written by 32 dispatches', figure: String(lines), aim: '' },
    ];
  } finally {
    await spine.system.close();
  }
}
