/**
 * Which room may import from which: the arrows of docs/explanation/architecture.md as data. A room is the longest
 * folder of this table that holds a file; a room may always import from itself.
 */
export const rooms: Readonly<
  Record<string, { readonly may: readonly string[]; readonly typesOnly?: readonly string[] }>
> = {
  charm: { may: [] },
  actions: { may: ['charm'] },
  'src/fifo': { may: [] },
  'src/plain-http': { may: [] },
  'src/resident': { may: [] },
  'src/pebble': { may: ['src/plain-http'] },
  'src/hookcmds': { may: [] },
  'src/crash-report': { may: [] },
  'src/temporal': { may: [], typesOnly: ['charm'] },
  'src/vault': { may: [] },
  'src/supervisor': { may: ['src/pebble', 'src/resident', 'src/plain-http', 'src/fifo'] },
  'src/dashboard': { may: ['src/plain-http'] },
  'src/agent': {
    may: ['actions', 'charm', 'src/hookcmds', 'src/pebble', 'src/plain-http', 'src/temporal', 'src/vault'],
  },
  'src/controller': { may: ['src/supervisor', 'src/pebble', 'src/plain-http', 'src/fifo'] },
  'src/companions': {
    may: ['src/dashboard', 'src/hookcmds', 'src/pebble', 'src/resident', 'src/plain-http', 'src/temporal'],
    typesOnly: ['src/controller'],
  },
  'src/cli': {
    may: ['src/controller/paths.ts', 'src/dashboard', 'src/supervisor', 'src/pebble', 'src/resident', 'src/plain-http'],
    typesOnly: ['src/controller'],
  },
  'src/bin': {
    may: [
      'src/agent',
      'src/cli',
      'src/companions',
      'src/controller',
      'src/crash-report',
      'src/dashboard',
      'src/resident',
      'src/supervisor',
      'src/pebble',
      'src/hookcmds',
      'actions',
      'charm',
    ],
  },
  'worker-kit': { may: [] },
  sample: { may: ['worker-kit'] },
  scripts: { may: ['src', 'charm', 'actions'] },
  tests: { may: ['src', 'charm', 'actions', 'scripts', 'sample', 'worker-kit'] },
  bench: { may: ['src', 'charm', 'actions', 'tests', 'scripts', 'worker-kit'] },
};

/** Node modules a pure room must not touch, and names that must not occur in a room. */
export const forbiddenModules: Readonly<Record<string, RegExp>> = {
  charm: /^(node:|[a-z@])/,
  actions: /^(node:|[a-z@])/,
};

/** The controller and the supervisor host any charm: these words must not occur in them. */
export const forbiddenWords: Readonly<Record<string, RegExp>> = {
  'src/controller': /temporal/i,
  'src/supervisor': /temporal/i,
  'src/fifo': /temporal|juju/i,
  'src/pebble': /temporal/i,
};

/** No line of a source file may be further down than this. */
export const maxLines = 300;
