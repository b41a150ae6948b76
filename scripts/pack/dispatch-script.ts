import { prefetched, prefetchedEach } from '../../src/agent/prefetch.ts';

/**
 * The `dispatch` that Juju runs. The hook commands that every event needs are pipeline stages in front of Node, so that
 * they run while Node loads; each one's output reaches Node on a file descriptor of its own, and never touches a file.
 */
export function dispatchScript(): string {
  const node = 'exec bin/node lib/dispatch.cjs --prefetched';
  const stages = prefetched.map(({ fd, command, args }) => ({
    fd,
    line: `${[command, ...args].join(' ')} </dev/null 2>/dev/null`,
  }));
  const { command, args, of } = prefetchedEach;
  const ask = `answer=$(${command} ${args.join(' ')} "$endpoint") && printf '%s %s\\n' "$endpoint" "$answer"`;
  const each = `{ for endpoint in ${of.join(' ')}; do ${ask} & done; wait; } </dev/null 2>/dev/null`;
  const pipeline = [{ fd: prefetchedEach.fd, line: each }, ...stages].reduceRight(
    (inner, { fd, line }) => `${line} | ${fd === 0 ? inner : `{ ${inner}; } ${fd}<&0`}`,
    node,
  );
  return [
    '#!/bin/sh',
    '# Made by scripts/pack.ts. Juju runs this once per event, in the directory of the charm.',
    'cd "$JUJU_CHARM_DIR" || exit 1',
    'unset NODE_OPTIONS NODE_EXTRA_CA_CERTS',
    // What Node has compiled once: 5 ms less of every dispatch.
    'export NODE_COMPILE_CACHE="$PWD/.compile-cache"',
    pipeline,
    '',
  ].join('\n');
}

/** `queries/environment`: run in a hook context that is never committed, or under Juju by `juju exec`. */
export function environmentQueryScript(): string {
  return [
    '#!/bin/sh',
    '# Made by scripts/pack.ts. Prints as JSON what the worker is told and where it comes from.',
    'cd "$JUJU_CHARM_DIR" || exit 1',
    'unset NODE_OPTIONS NODE_EXTRA_CA_CERTS',
    'exec bin/node lib/explain-environment.cjs "$@"',
    '',
  ].join('\n');
}
